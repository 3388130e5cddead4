package dev.midge.nats.internal.pool

import dev.midge.nats.NatsConnection
import dev.midge.nats.Subject

/** Which of several connections a message goes to. */
internal interface ConnectionRoute {
    /**
     * The connection for a message to [subject].
     *
     * @throws dev.midge.nats.InvalidSubjectException if [subject] holds a wildcard, and that has no connection.
     */
    fun connection(subject: Subject): NatsConnection

    /** The connection for messages to any subjects, or `null` if each subject has its own. */
    fun connection(): NatsConnection?

    /** What the messages of one batch have in common that go by one connection, if each subject has its own: equal for all of them. */
    fun part(subject: Subject): Any

    /** All connections that may take a message to [subject] if the chosen one does not; empty if that one alone may. */
    fun alternatives(subject: Subject): List<NatsConnection>
}
