package dev.midge.nats

/**
 * How a [NatsConnectionPool] chooses the connection for a message. The order in which messages reach the server is that of one connection:
 * what goes by different ones may overtake each other. [NatsOperations.flush] between two messages puts them in order whatever the choice.
 */
public enum class PoolSelection {
    /**
     * By the subject: all messages to one subject, requests included, go by the same connection. The default.
     *
     * **Keeps the order of each subject**: the messages of one coroutine to one subject reach the server in the order of the calls, as
     * with one connection, across reconnects too. Messages to different subjects may overtake each other.
     *
     * While the connection of a subject is lost, its messages wait there (see [ReconnectOptions.whileDisconnected]), and those of the other
     * connections go on. Once it has ended for good, another one takes its subjects. A program with few subjects may keep some connections
     * idle. A [publishBatch][NatsPublisher.publishBatch] becomes one batch for each connection that its subjects belong to: each whole or not
     * at all.
     */
    BySubject,

    /**
     * Each message by the next connection in turn, leaving out those that are lost or about to end while others work.
     *
     * **Keeps no order**, but within a [publishBatch][NatsPublisher.publishBatch], which goes whole by one connection. Right for requests, and
     * for messages that are independent of each other.
     */
    RoundRobin,

    /**
     * Each message by the connection for which the fewest bytes wait to be written, leaving out those that are lost or about to end while
     * others work; in turn where they are equal.
     *
     * **Keeps no order**, as [RoundRobin]. Right where payloads are large and of different sizes.
     */
    LeastPending,
}
