package dev.midge.nats.jetstream

/** Where in its stream a consumer begins. */
public enum class DeliverPolicy(internal val wireName: String) {
    /** With the first message that there is. */
    ALL("all"),

    /** With the last one, of those that the filters take. */
    LAST("last"),

    /** With the next one that is stored. */
    NEW("new"),

    /** With [ConsumerConfig.startSequence]. */
    BY_START_SEQUENCE("by_start_sequence"),

    /** With the first one that is as young as [ConsumerConfig.startTime]. */
    BY_START_TIME("by_start_time"),

    /** With the last one of each subject that the filters take. */
    LAST_PER_SUBJECT("last_per_subject"),
}

/** What a consumer expects for what it has delivered. */
public enum class AckPolicy(internal val wireName: String) {
    /** Nothing: what is delivered counts as handled. */
    NONE("none"),

    /** One acknowledgement for a message and all before it. */
    ALL("all"),

    /** One acknowledgement for each message. */
    EXPLICIT("explicit"),

    /** The answers to flow control; for push consumers that stand behind the source of a stream. Needs nats-server 2.14. */
    FLOW_CONTROL("flow_control"),
}

/** How fast a consumer delivers what is stored already. */
public enum class ReplayPolicy(internal val wireName: String) {
    /** As fast as it is pulled. */
    INSTANT("instant"),

    /** With the pauses with which the messages were stored. */
    ORIGINAL("original"),
}

/** Which of several clients is served, when they pull by a [priority group][ConsumerConfig.priorityGroups]. Needs nats-server 2.11. */
public enum class PriorityPolicy(internal val wireName: String) {
    /** Any. */
    NONE("none"),

    /** Only those that find as much waiting as they say: see [PullOptions.minPending] and [PullOptions.minAckPending]. */
    OVERFLOW("overflow"),

    /** One, until it stops pulling or is unpinned. */
    PINNED_CLIENT("pinned_client"),

    /** Those with the lowest [PullOptions.priority] first. Needs nats-server 2.12. */
    PRIORITIZED("prioritized"),
}
