package dev.midge.nats.jetstream

/** What a message replaces in its stream, which has to allow that. */
public enum class Rollup(internal val wireName: String) {
    /** All earlier messages of its subject. */
    SUBJECT("sub"),

    /** All earlier messages of the stream. */
    ALL("all"),
}
