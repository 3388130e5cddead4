package dev.midge.nats.jetstream.internal.publish

import dev.midge.nats.Headers
import dev.midge.nats.jetstream.ServerFeature

/**
 * What the servers and the stream need to have for a message with certain headers: those that do not know a header store the message like
 * any other, and acknowledge it.
 *
 * @property setting the field of the stream's configuration that has to be `true`, if there is one.
 */
internal enum class Need(val feature: ServerFeature, val setting: String?, private val isAsked: (Headers) -> Boolean) {
    TIME_TO_LIVE(ServerFeature.MESSAGE_TTL, "allow_msg_ttl", { PublishHeaders.TIME_TO_LIVE in it }),
    EXPECT_SUBJECT(ServerFeature.EXPECT_SUBJECT, null, { PublishHeaders.EXPECTED_LAST_SUBJECT in it }),
    COUNTER(ServerFeature.COUNTERS, "allow_msg_counter", { PublishHeaders.INCREMENT in it }),
    SCHEDULE(ServerFeature.SCHEDULES, "allow_msg_schedules", { PublishHeaders.SCHEDULE in it }),
    REPEATED_SCHEDULE(
        ServerFeature.REPEATED_SCHEDULES,
        "allow_msg_schedules",
        {
            it[PublishHeaders.SCHEDULE]?.startsWith("@at ") == false || PublishHeaders.SCHEDULE_SOURCE in it ||
                PublishHeaders.SCHEDULE_TIME_ZONE in it
        },
    ),
    SCHEDULE_TIME_TO_LIVE(ServerFeature.MESSAGE_TTL, "allow_msg_ttl", { PublishHeaders.SCHEDULE_TIME_TO_LIVE in it }),
    ATOMIC_BATCH(ServerFeature.ATOMIC_BATCH, "allow_atomic", { PublishHeaders.BATCH_ID in it }),
    FAST_INGEST(ServerFeature.FAST_INGEST, "allow_batched", { false }),
    ;

    companion object {
        /** What a message with [headers] needs: hardly ever anything. */
        fun of(headers: Headers): List<Need> {
            if (headers.isEmpty()) return emptyList()
            headers[PublishHeaders.ROLLUP]?.let {
                require(PublishHeaders.isRollup(it)) { "'$it' is no rollup; servers would drop the message without a word" }
            }
            return entries.filter { it.isAsked(headers) }
        }
    }
}
