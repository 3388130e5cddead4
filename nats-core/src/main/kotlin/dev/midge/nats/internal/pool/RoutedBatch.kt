package dev.midge.nats.internal.pool

import dev.midge.nats.Headers
import dev.midge.nats.NatsConnection
import dev.midge.nats.PublishBatch
import dev.midge.nats.Subject
import dev.midge.nats.internal.client.EncodedBatch
import dev.midge.nats.internal.client.requirePublishable
import kotlinx.io.Source
import java.nio.ByteBuffer

/** The messages of a `publishBatch` whose subjects have connections of their own: one batch for each of these. */
internal class RoutedBatch(private val route: ConnectionRoute) : PublishBatch {
    private class Part(val connection: NatsConnection, val batch: EncodedBatch = EncodedBatch())

    private val parts = LinkedHashMap<Any, Part>()
    private var isOpen = true

    override fun publish(subject: Subject, payload: ByteArray, headers: Headers, replyTo: Subject?): Unit =
        part(subject).publish(subject, payload, headers, replyTo)

    override fun publish(subject: Subject, payload: ByteArray, offset: Int, length: Int, headers: Headers, replyTo: Subject?): Unit =
        part(subject).publish(subject, payload, offset, length, headers, replyTo)

    override fun publish(subject: Subject, payload: ByteBuffer, headers: Headers, replyTo: Subject?): Unit =
        part(subject).publish(subject, payload, headers, replyTo)

    override fun publish(subject: Subject, payload: Source, headers: Headers, replyTo: Subject?): Unit =
        part(subject).publish(subject, payload, headers, replyTo)

    private fun part(subject: Subject): EncodedBatch {
        check(isOpen) { "the block of publishBatch has ended; its receiver takes nothing any more" }
        requirePublishable(subject)
        return parts.getOrPut(route.part(subject)) { Part(route.connection(subject)) }.batch
    }

    /** Runs [fill]; this takes no more messages afterwards. */
    inline fun filledBy(fill: PublishBatch.() -> Unit): RoutedBatch {
        try {
            fill()
        } finally {
            isOpen = false
        }
        return this
    }

    /** Sends every part, whole or not at all, also when another one fails; throws the first failure. */
    suspend fun publish() {
        parts.values.toList().inParallel { it.connection.publisher.publish(it.batch) }.throwFirst()
    }
}
