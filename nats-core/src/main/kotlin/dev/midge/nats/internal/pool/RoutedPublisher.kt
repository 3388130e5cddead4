package dev.midge.nats.internal.pool

import dev.midge.nats.Headers
import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsPublisher
import dev.midge.nats.PublishBatch
import dev.midge.nats.Subject
import kotlinx.io.Buffer
import kotlinx.io.Source
import java.nio.ByteBuffer

/** Publishes by the connection that [route] chooses. */
internal class RoutedPublisher(private val route: ConnectionRoute) : NatsPublisher {
    override suspend fun publish(subject: Subject, payload: ByteArray, headers: Headers, replyTo: Subject?): Unit =
        route.connection(subject).publish(subject, payload, headers, replyTo)

    override suspend fun publish(
        subject: Subject,
        payload: ByteArray,
        offset: Int,
        length: Int,
        headers: Headers,
        replyTo: Subject?,
    ): Unit = route.connection(subject).publish(subject, payload, offset, length, headers, replyTo)

    override suspend fun publish(subject: Subject, payload: ByteBuffer, headers: Headers, replyTo: Subject?): Unit =
        route.connection(subject).publish(subject, payload, headers, replyTo)

    override suspend fun publish(subject: Subject, payload: Source, headers: Headers, replyTo: Subject?): Unit =
        route.connection(subject).publish(subject, payload, headers, replyTo)

    override suspend fun publishWritten(subject: Subject, payload: ByteArray, headers: Headers, replyTo: Subject?): Unit =
        route.connection(subject).publishWritten(subject, payload, headers, replyTo)

    override suspend fun publishWritten(subject: Subject, payload: Source, headers: Headers, replyTo: Subject?): Unit =
        route.connection(subject).publishWritten(subject, payload, headers, replyTo)

    override fun tryPublish(subject: Subject, payload: ByteArray, headers: Headers, replyTo: Subject?): Boolean =
        tryBy(subject) { it.tryPublish(subject, payload, headers, replyTo) }

    override fun tryPublish(subject: Subject, payload: ByteArray, offset: Int, length: Int, headers: Headers, replyTo: Subject?): Boolean =
        tryBy(subject) { it.tryPublish(subject, payload, offset, length, headers, replyTo) }

    override fun tryPublish(subject: Subject, payload: ByteBuffer, headers: Headers, replyTo: Subject?): Boolean =
        tryBy(subject) { it.tryPublish(subject, payload, headers, replyTo) }

    override fun tryPublish(subject: Subject, payload: Buffer, headers: Headers, replyTo: Subject?): Boolean =
        tryBy(subject) { it.tryPublish(subject, payload, headers, replyTo) }

    private inline fun tryBy(subject: Subject, publish: (NatsConnection) -> Boolean): Boolean {
        val chosen = route.connection(subject)
        if (publish(chosen)) return true
        return route.alternatives(subject).any { it !== chosen && publish(it) }
    }

    override suspend fun publishBatch(fill: PublishBatch.() -> Unit) {
        val one = route.connection()
        if (one != null) one.publishBatch(fill) else RoutedBatch(route).filledBy(fill).publish()
    }
}
