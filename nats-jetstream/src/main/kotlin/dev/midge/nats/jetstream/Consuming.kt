package dev.midge.nats.jetstream

import dev.midge.nats.jetstream.internal.consume.KeyedConsumption

/** Messages that are being handled, as [NatsConsumer.consume] has begun it. All members may be called from any thread, also repeatedly. */
public class Consuming internal constructor(private val consumption: KeyedConsumption) : AutoCloseable {
    /** Whether messages are still taken. */
    @get:JvmName("isActive")
    public val isActive: Boolean
        get() = consumption.isActive

    /** How many messages were handled and acknowledged. */
    @get:JvmName("handled")
    public val handled: Long
        get() = consumption.handled

    /** How many times a handler has failed. */
    @get:JvmName("failed")
    public val failed: Long
        get() = consumption.failed

    /** How many messages are not delivered again though no handler has taken them. */
    @get:JvmName("givenUp")
    public val givenUp: Long
        get() = consumption.givenUp

    /**
     * Takes no more messages, lets the handlers that run come to their end, gives back what waits for one, and returns then. A handler
     * must not call it: it would wait for itself. Cancelling the call does not take it back.
     */
    public suspend fun stop(): Unit = consumption.stop(keepsWaiting = false)

    /** As [stop], but what waits for a handler is handled too, as far as it waits for nothing that is still to be delivered again. */
    public suspend fun drain(): Unit = consumption.stop(keepsWaiting = true)

    /**
     * Returns once nothing is handled any more.
     *
     * @throws ConsumerEndedException if the consumer is gone. The same goes for every other end that nobody has asked for.
     */
    public suspend fun awaitEnd(): Unit = consumption.awaitEnd()

    /** Begins what [stop] does, and does not wait for it. */
    override fun close(): Unit = consumption.close()

    override fun toString(): String = "Consuming($consumption)"
}
