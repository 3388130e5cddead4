package dev.midge.nats.jetstream

/**
 * What [JetStreamApiException.errorCode] can be: the server's `err_code`s, the same in every release. Servers may have newer ones than these.
 *
 * Source: nats-server, `server/errors.json`.
 */
public object ApiErrorCodes {
    public const val ACCOUNT_RESOURCES_EXCEEDED: Int = 10_002
    public const val BAD_REQUEST: Int = 10_003
    public const val CLUSTER_INCOMPLETE: Int = 10_004
    public const val CLUSTER_NO_PEERS: Int = 10_005
    public const val CLUSTER_NOT_ACTIVE: Int = 10_006
    public const val CLUSTER_NOT_ASSIGNED: Int = 10_007
    public const val CLUSTER_NOT_AVAIL: Int = 10_008
    public const val CLUSTER_NOT_LEADER: Int = 10_009
    public const val CLUSTER_REQUIRED: Int = 10_010
    public const val CLUSTER_TAGS: Int = 10_011
    public const val CONSUMER_CREATE: Int = 10_012
    public const val CONSUMER_NAME_EXIST: Int = 10_013
    public const val CONSUMER_NOT_FOUND: Int = 10_014
    public const val SNAPSHOT_DELIVER_SUBJECT_INVALID: Int = 10_015
    public const val CONSUMER_DURABLE_NAME_NOT_IN_SUBJECT: Int = 10_016
    public const val CONSUMER_DURABLE_NAME_NOT_MATCH_SUBJECT: Int = 10_017
    public const val CONSUMER_DURABLE_NAME_NOT_SET: Int = 10_018
    public const val CONSUMER_EPHEMERAL_WITH_DURABLE_IN_SUBJECT: Int = 10_019
    public const val CONSUMER_EPHEMERAL_WITH_DURABLE_NAME: Int = 10_020
    public const val STREAM_EXTERNAL_API_OVERLAP: Int = 10_021
    public const val STREAM_EXTERNAL_DEL_PREFIX_OVERLAPS: Int = 10_022
    public const val INSUFFICIENT_RESOURCES: Int = 10_023
    public const val STREAM_INVALID_EXTERNAL_DELIVERY_SUBJ: Int = 10_024
    public const val INVALID_JSON: Int = 10_025
    public const val MAXIMUM_CONSUMERS_LIMIT: Int = 10_026
    public const val MAXIMUM_STREAMS_LIMIT: Int = 10_027
    public const val MEMORY_RESOURCES_EXCEEDED: Int = 10_028
    public const val MIRROR_CONSUMER_SETUP_FAILED: Int = 10_029
    public const val MIRROR_MAX_MESSAGE_SIZE_TOO_BIG: Int = 10_030
    public const val MIRROR_WITH_SOURCES: Int = 10_031
    public const val MIRROR_WITH_START_SEQ_AND_TIME: Int = 10_032
    public const val MIRROR_WITH_SUBJECT_FILTERS: Int = 10_033
    public const val MIRROR_WITH_SUBJECTS: Int = 10_034
    public const val NO_ACCOUNT: Int = 10_035
    public const val CLUSTER_UN_SUPPORT_FEATURE: Int = 10_036
    public const val NO_MESSAGE_FOUND: Int = 10_037
    public const val NOT_EMPTY_REQUEST: Int = 10_038
    public const val NOT_ENABLED_FOR_ACCOUNT: Int = 10_039
    public const val CLUSTER_PEER_NOT_MEMBER: Int = 10_040
    public const val RAFT_GENERAL: Int = 10_041
    public const val RESTORE_SUBSCRIBE_FAILED: Int = 10_042
    public const val SEQUENCE_NOT_FOUND: Int = 10_043
    public const val CLUSTER_SERVER_NOT_MEMBER: Int = 10_044
    public const val SOURCE_CONSUMER_SETUP_FAILED: Int = 10_045
    public const val SOURCE_MAX_MESSAGE_SIZE_TOO_BIG: Int = 10_046
    public const val STORAGE_RESOURCES_EXCEEDED: Int = 10_047
    public const val STREAM_ASSIGNMENT: Int = 10_048
    public const val STREAM_CREATE: Int = 10_049
    public const val STREAM_DELETE: Int = 10_050
    public const val STREAM_GENERAL_ERROR: Int = 10_051
    public const val STREAM_INVALID_CONFIG: Int = 10_052
    public const val STREAM_LIMITS: Int = 10_053
    public const val STREAM_MESSAGE_EXCEEDS_MAXIMUM: Int = 10_054
    public const val STREAM_MIRROR_NOT_UPDATABLE: Int = 10_055
    public const val STREAM_MISMATCH: Int = 10_056
    public const val STREAM_MSG_DELETE_FAILED: Int = 10_057
    public const val STREAM_NAME_EXIST: Int = 10_058
    public const val STREAM_NOT_FOUND: Int = 10_059
    public const val STREAM_NOT_MATCH: Int = 10_060
    public const val STREAM_REPLICAS_NOT_UPDATABLE: Int = 10_061
    public const val STREAM_RESTORE: Int = 10_062
    public const val STREAM_SEQUENCE_NOT_MATCH: Int = 10_063
    public const val STREAM_SNAPSHOT: Int = 10_064
    public const val STREAM_SUBJECT_OVERLAP: Int = 10_065
    public const val STREAM_TEMPLATE_CREATE: Int = 10_066
    public const val STREAM_TEMPLATE_DELETE: Int = 10_067
    public const val STREAM_TEMPLATE_NOT_FOUND: Int = 10_068
    public const val STREAM_UPDATE: Int = 10_069
    public const val STREAM_WRONG_LAST_MSG_ID: Int = 10_070
    public const val STREAM_WRONG_LAST_SEQUENCE: Int = 10_071
    public const val TEMP_STORAGE_FAILED: Int = 10_072
    public const val TEMPLATE_NAME_NOT_MATCH_SUBJECT: Int = 10_073
    public const val STREAM_REPLICAS_NOT_SUPPORTED: Int = 10_074
    public const val PEER_REMAP: Int = 10_075
    public const val NOT_ENABLED: Int = 10_076
    public const val STREAM_STORE_FAILED: Int = 10_077
    public const val CONSUMER_CONFIG_REQUIRED: Int = 10_078
    public const val CONSUMER_DELIVER_TO_WILDCARDS: Int = 10_079
    public const val CONSUMER_PUSH_MAX_WAITING: Int = 10_080
    public const val CONSUMER_DELIVER_CYCLE: Int = 10_081
    public const val CONSUMER_MAX_PENDING_ACK_POLICY_REQUIRED: Int = 10_082
    public const val CONSUMER_SMALL_HEARTBEAT: Int = 10_083
    public const val CONSUMER_PULL_REQUIRES_ACK: Int = 10_084
    public const val CONSUMER_PULL_NOT_DURABLE: Int = 10_085
    public const val CONSUMER_PULL_WITH_RATE_LIMIT: Int = 10_086
    public const val CONSUMER_MAX_WAITING_NEGATIVE: Int = 10_087
    public const val CONSUMER_HB_REQUIRES_PUSH: Int = 10_088
    public const val CONSUMER_FC_REQUIRES_PUSH: Int = 10_089
    public const val CONSUMER_DIRECT_REQUIRES_PUSH: Int = 10_090
    public const val CONSUMER_DIRECT_REQUIRES_EPHEMERAL: Int = 10_091
    public const val CONSUMER_ON_MAPPED: Int = 10_092
    public const val CONSUMER_FILTER_NOT_SUBSET: Int = 10_093
    public const val CONSUMER_INVALID_POLICY: Int = 10_094
    public const val CONSUMER_INVALID_SAMPLING: Int = 10_095
    public const val STREAM_INVALID: Int = 10_096
    public const val STREAM_HEADER_EXCEEDS_MAXIMUM: Int = 10_097
    public const val CONSUMER_WQ_REQUIRES_EXPLICIT_ACK: Int = 10_098
    public const val CONSUMER_WQ_MULTIPLE_UNFILTERED: Int = 10_099
    public const val CONSUMER_WQ_CONSUMER_NOT_UNIQUE: Int = 10_100
    public const val CONSUMER_WQ_CONSUMER_NOT_DELIVER_ALL: Int = 10_101
    public const val CONSUMER_NAME_TOO_LONG: Int = 10_102
    public const val CONSUMER_BAD_DURABLE_NAME: Int = 10_103
    public const val CONSUMER_STORE_FAILED: Int = 10_104
    public const val CONSUMER_EXISTING_ACTIVE: Int = 10_105
    public const val CONSUMER_REPLACEMENT_WITH_DIFFERENT_NAME: Int = 10_106
    public const val CONSUMER_DESCRIPTION_TOO_LONG: Int = 10_107
    public const val CONSUMER_WITH_FLOW_CONTROL_NEEDS_HEARTBEATS: Int = 10_108
    public const val STREAM_SEALED: Int = 10_109
    public const val STREAM_PURGE_FAILED: Int = 10_110
    public const val STREAM_ROLLUP_FAILED: Int = 10_111
    public const val CONSUMER_INVALID_DELIVER_SUBJECT: Int = 10_112
    public const val STREAM_MAX_BYTES_REQUIRED: Int = 10_113
    public const val CONSUMER_MAX_REQUEST_BATCH_NEGATIVE: Int = 10_114
    public const val CONSUMER_MAX_REQUEST_EXPIRES_TOO_SMALL: Int = 10_115
    public const val CONSUMER_MAX_DELIVER_BACKOFF: Int = 10_116
    public const val STREAM_INFO_MAX_SUBJECTS: Int = 10_117
    public const val STREAM_OFFLINE: Int = 10_118
    public const val CONSUMER_OFFLINE: Int = 10_119
    public const val NO_LIMITS: Int = 10_120
    public const val CONSUMER_MAX_PENDING_ACK_EXCESS: Int = 10_121
    public const val STREAM_MAX_STREAM_BYTES_EXCEEDED: Int = 10_122
    public const val STREAM_MOVE_AND_SCALE: Int = 10_123
    public const val STREAM_MOVE_IN_PROGRESS: Int = 10_124
    public const val CONSUMER_MAX_REQUEST_BATCH_EXCEEDED: Int = 10_125
    public const val CONSUMER_REPLICAS_EXCEEDS_STREAM: Int = 10_126
    public const val CONSUMER_NAME_CONTAINS_PATH_SEPARATORS: Int = 10_127
    public const val STREAM_NAME_CONTAINS_PATH_SEPARATORS: Int = 10_128
    public const val STREAM_RECONFIGURE_NOT_IN_PROGRESS: Int = 10_129
    public const val STREAM_NAME_EXIST_RESTORE_FAILED: Int = 10_130
    public const val CONSUMER_CREATE_FILTER_SUBJECT_MISMATCH: Int = 10_131
    public const val CONSUMER_CREATE_DURABLE_AND_NAME_MISMATCH: Int = 10_132
    public const val REPLICAS_COUNT_CANNOT_BE_NEGATIVE: Int = 10_133
    public const val CONSUMER_REPLICAS_SHOULD_MATCH_STREAM: Int = 10_134
    public const val CONSUMER_METADATA_LENGTH: Int = 10_135
    public const val CONSUMER_DUPLICATE_FILTER_SUBJECTS: Int = 10_136
    public const val CONSUMER_MULTIPLE_FILTERS_NOT_ALLOWED: Int = 10_137
    public const val CONSUMER_OVERLAPPING_SUBJECT_FILTERS: Int = 10_138
    public const val CONSUMER_EMPTY_FILTER: Int = 10_139
    public const val SOURCE_DUPLICATE_DETECTED: Int = 10_140
    public const val SOURCE_INVALID_STREAM_NAME: Int = 10_141
    public const val MIRROR_INVALID_STREAM_NAME: Int = 10_142
    public const val MIRROR_WITH_FIRST_SEQ: Int = 10_143
    public const val SOURCE_MULTIPLE_FILTERS_NOT_ALLOWED: Int = 10_144
    public const val SOURCE_INVALID_SUBJECT_FILTER: Int = 10_145
    public const val SOURCE_INVALID_TRANSFORM_DESTINATION: Int = 10_146
    public const val SOURCE_OVERLAPPING_SUBJECT_FILTERS: Int = 10_147
    public const val CONSUMER_ALREADY_EXISTS: Int = 10_148
    public const val CONSUMER_DOES_NOT_EXIST: Int = 10_149
    public const val MIRROR_MULTIPLE_FILTERS_NOT_ALLOWED: Int = 10_150
    public const val MIRROR_INVALID_SUBJECT_FILTER: Int = 10_151
    public const val MIRROR_OVERLAPPING_SUBJECT_FILTERS: Int = 10_152
    public const val CONSUMER_INACTIVE_THRESHOLD_EXCESS: Int = 10_153
    public const val MIRROR_INVALID_TRANSFORM_DESTINATION: Int = 10_154
    public const val STREAM_TRANSFORM_INVALID_SOURCE: Int = 10_155
    public const val STREAM_TRANSFORM_INVALID_DESTINATION: Int = 10_156
    public const val PEDANTIC: Int = 10_157
    public const val STREAM_DUPLICATE_MESSAGE_CONFLICT: Int = 10_158
    public const val CONSUMER_PRIORITY_POLICY_WITHOUT_GROUP: Int = 10_159
    public const val CONSUMER_INVALID_PRIORITY_GROUP: Int = 10_160
    public const val CONSUMER_EMPTY_GROUP_NAME: Int = 10_161
    public const val CONSUMER_INVALID_GROUP_NAME: Int = 10_162
    public const val STREAM_EXPECTED_LAST_SEQ_PER_SUBJECT_NOT_READY: Int = 10_163
    public const val STREAM_WRONG_LAST_SEQUENCE_CONSTANT: Int = 10_164
    public const val MESSAGE_TTL_INVALID: Int = 10_165
    public const val MESSAGE_TTL_DISABLED: Int = 10_166
    public const val STREAM_TOO_MANY_REQUESTS: Int = 10_167
    public const val MESSAGE_INCR_DISABLED: Int = 10_168
    public const val MESSAGE_INCR_MISSING: Int = 10_169
    public const val MESSAGE_INCR_PAYLOAD: Int = 10_170
    public const val MESSAGE_INCR_INVALID: Int = 10_171
    public const val MESSAGE_COUNTER_BROKEN: Int = 10_172
    public const val MIRROR_WITH_COUNTERS: Int = 10_173
    public const val ATOMIC_PUBLISH_DISABLED: Int = 10_174
    public const val ATOMIC_PUBLISH_MISSING_SEQ: Int = 10_175
    public const val ATOMIC_PUBLISH_INCOMPLETE_BATCH: Int = 10_176
    public const val ATOMIC_PUBLISH_UNSUPPORTED_HEADER_BATCH: Int = 10_177
    public const val CONSUMER_PUSH_WITH_PRIORITY_GROUP: Int = 10_178
    public const val ATOMIC_PUBLISH_INVALID_BATCH_ID: Int = 10_179
    public const val STREAM_MIN_LAST_SEQ: Int = 10_180
    public const val CONSUMER_ACK_POLICY_INVALID: Int = 10_181
    public const val CONSUMER_REPLAY_POLICY_INVALID: Int = 10_182
    public const val CONSUMER_ACK_WAIT_NEGATIVE: Int = 10_183
    public const val CONSUMER_BACK_OFF_NEGATIVE: Int = 10_184
    public const val REQUIRED_API_LEVEL: Int = 10_185
    public const val MIRROR_WITH_MSG_SCHEDULES: Int = 10_186
    public const val SOURCE_WITH_MSG_SCHEDULES: Int = 10_187
    public const val MESSAGE_SCHEDULES_DISABLED: Int = 10_188
    public const val MESSAGE_SCHEDULES_PATTERN_INVALID: Int = 10_189
    public const val MESSAGE_SCHEDULES_TARGET_INVALID: Int = 10_190
    public const val MESSAGE_SCHEDULES_TTL_INVALID: Int = 10_191
    public const val MESSAGE_SCHEDULES_ROLLUP_INVALID: Int = 10_192
    public const val STREAM_EXPECTED_LAST_SEQ_PER_SUBJECT_INVALID: Int = 10_193
    public const val STREAM_OFFLINE_REASON: Int = 10_194
    public const val CONSUMER_OFFLINE_REASON: Int = 10_195
    public const val CONSUMER_PRIORITY_GROUP_WITH_POLICY_NONE: Int = 10_196
    public const val CONSUMER_PINNED_TTL_WITHOUT_PRIORITY_POLICY_NONE: Int = 10_197
    public const val MIRROR_WITH_ATOMIC_PUBLISH: Int = 10_198
    public const val ATOMIC_PUBLISH_TOO_LARGE_BATCH: Int = 10_199
    public const val ATOMIC_PUBLISH_INVALID_BATCH_COMMIT: Int = 10_200
    public const val ATOMIC_PUBLISH_CONTAINS_DUPLICATE_MESSAGE: Int = 10_201
    public const val CLUSTER_SERVER_MEMBER_CHANGE_INFLIGHT: Int = 10_202
    public const val MESSAGE_SCHEDULES_SOURCE_INVALID: Int = 10_203
    public const val CONSUMER_INVALID_RESET: Int = 10_204
    public const val BATCH_PUBLISH_DISABLED: Int = 10_205
    public const val BATCH_PUBLISH_INVALID_PATTERN: Int = 10_206
    public const val BATCH_PUBLISH_INVALID_BATCH_ID: Int = 10_207
    public const val BATCH_PUBLISH_UNKNOWN_BATCH_ID: Int = 10_208
    public const val MIRROR_WITH_BATCH_PUBLISH: Int = 10_209
    public const val ATOMIC_PUBLISH_TOO_MANY_INFLIGHT: Int = 10_210
    public const val BATCH_PUBLISH_TOO_MANY_INFLIGHT: Int = 10_211
    public const val MESSAGE_SCHEDULES_SCHEDULER_INVALID: Int = 10_212
    public const val MIRROR_DURABLE_CONSUMER_CFG_INVALID: Int = 10_213
    public const val MIRROR_CONSUMER_REQUIRES_ACK_FC: Int = 10_214
    public const val SOURCE_DURABLE_CONSUMER_CFG_INVALID: Int = 10_215
    public const val SOURCE_DURABLE_CONSUMER_DUPLICATE_DETECTED: Int = 10_216
    public const val SOURCE_CONSUMER_REQUIRES_ACK_FC: Int = 10_217
    public const val CONSUMER_ACK_FC_REQUIRES_PUSH: Int = 10_218
    public const val CONSUMER_ACK_FC_REQUIRES_FC: Int = 10_219
    public const val CONSUMER_ACK_FC_REQUIRES_MAX_ACK_PENDING: Int = 10_220
    public const val CONSUMER_ACK_FC_REQUIRES_NO_ACK_WAIT: Int = 10_221
    public const val CONSUMER_ACK_FC_REQUIRES_NO_MAX_DELIVER: Int = 10_222
    public const val MESSAGE_SCHEDULES_TIME_ZONE_INVALID: Int = 10_223
    public const val CLUSTER_RESCUE: Int = 10_224
    public const val CONSUMER_STREAM_IDENTITY_MISMATCH: Int = 10_225
    public const val STREAM_RECONFIGURE_IN_PROGRESS: Int = 10_226
    public const val MESSAGE_SOURCE_HDR_NOT_ALLOWED: Int = 10_227

    /** The servers cannot answer at the moment: a leader is missing, the stream is offline, or there are too many requests. */
    internal val RETRYABLE: Set<Int> = setOf(
        CLUSTER_NOT_AVAIL,
        CLUSTER_INCOMPLETE,
        STREAM_OFFLINE,
        CONSUMER_OFFLINE,
        STREAM_DUPLICATE_MESSAGE_CONFLICT,
        STREAM_EXPECTED_LAST_SEQ_PER_SUBJECT_NOT_READY,
        STREAM_TOO_MANY_REQUESTS,
        ATOMIC_PUBLISH_TOO_MANY_INFLIGHT,
        BATCH_PUBLISH_TOO_MANY_INFLIGHT,
    )

    internal val WRONG_LAST: Set<Int> = setOf(STREAM_WRONG_LAST_MSG_ID, STREAM_WRONG_LAST_SEQUENCE, STREAM_WRONG_LAST_SEQUENCE_CONSTANT)

    internal val LIMITS: Set<Int> = setOf(
        STREAM_STORE_FAILED,
        STORAGE_RESOURCES_EXCEEDED,
        MEMORY_RESOURCES_EXCEEDED,
        INSUFFICIENT_RESOURCES,
        ACCOUNT_RESOURCES_EXCEEDED,
        MAXIMUM_CONSUMERS_LIMIT,
        MAXIMUM_STREAMS_LIMIT,
        STREAM_LIMITS,
        STREAM_MESSAGE_EXCEEDS_MAXIMUM,
        STREAM_MAX_STREAM_BYTES_EXCEEDED,
    )
}
