package dev.midge.nats.jetstream

/** What a server can do only from some release on, with the API level that says so (ADR-44). */
internal enum class ServerFeature(val title: String, val level: Int, val version: String) {
    MESSAGE_TTL("time to live of a message", 1, "2.11"),
    CONSUMER_PAUSE("pausing a consumer", 1, "2.11"),
    PRIORITY_GROUPS("priority groups", 1, "2.11"),
    BATCH_GET("reading many messages by one request", 1, "2.11"),
    EXPECT_SUBJECT("expecting the last sequence of another subject", 2, "2.12"),
    ATOMIC_BATCH("atomic batches", 2, "2.12"),
    COUNTERS("counters", 2, "2.12"),
    SCHEDULES("scheduled messages", 2, "2.12"),
    PRIORITIZED("the priority policy 'prioritized'", 2, "2.12"),
    PERSIST_MODE("the persist mode 'async'", 2, "2.12"),
    REPEATED_SCHEDULES("schedules that repeat", 4, "2.14"),
    FAST_INGEST("fast ingest", 4, "2.14"),
    CONSUMER_RESET("resetting a consumer", 4, "2.14"),
    FLOW_CONTROL_ACK("acknowledging by flow control", 4, "2.14"),
    CONSUMER_SOURCES("sources that read by a durable consumer", 4, "2.14"),
}
