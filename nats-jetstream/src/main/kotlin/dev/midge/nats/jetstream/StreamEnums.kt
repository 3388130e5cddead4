package dev.midge.nats.jetstream

/** When a stream no longer keeps a message. */
public enum class Retention(internal val wireName: String) {
    /** When a limit of number, bytes or age is reached. */
    LIMITS("limits"),

    /** Also when every consumer that wants it has acknowledged it, or when there is none that does. */
    INTEREST("interest"),

    /** When the one consumer that wants it has acknowledged it. */
    WORK_QUEUE("workqueue"),
}

/** Where a stream keeps its messages. */
public enum class Storage(internal val wireName: String) {
    /** In files, which outlive the server. */
    FILE("file"),

    /** In memory: gone when all servers that keep it have ended. */
    MEMORY("memory"),
}

/** What gives way when a stream is full. */
public enum class Discard(internal val wireName: String) {
    /** The oldest messages are removed. */
    OLD("old"),

    /** New messages are refused ([LimitReachedException]). */
    NEW("new"),
}

/** How a stream's files keep messages. */
public enum class Compression(internal val wireName: String) {
    /** As they are. */
    NONE("none"),

    /** Compressed by S2. */
    S2("s2"),
}

/** When a stream of one replica acknowledges what is published. */
public enum class PersistMode(internal val wireName: String) {
    /** When it has given the message to the file system. */
    DEFAULT("default"),

    /** It may do so before: a server that ends may lose acknowledged messages. */
    ASYNC("async"),
}
