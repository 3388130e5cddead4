package dev.midge.nats.internal.connection

import dev.midge.nats.internal.connection.SubscriptionFrame.Ping
import dev.midge.nats.internal.connection.SubscriptionFrame.Subscribe
import dev.midge.nats.internal.connection.SubscriptionFrame.Unsubscribe
import dev.midge.nats.internal.transport.WireLog
import java.nio.ByteBuffer

/**
 * Tells a new link who is subscribed: everybody in the registry when it begins, and, once no message is delivered elsewhere, what has
 * changed since then.
 *
 * The server counts deliveries of a subscription from its SUB on: an auto-unsubscribe limit is sent reduced by what came before.
 */
internal class Resubscription(private val registry: SubscriptionRegistry, private val log: WireLog) {
    private class Told(val received: Long, val limit: Long)

    private val told = HashMap<Long, Told>()

    /** What is told together: [frames] for [subscriptions], with a PING behind them. */
    class Part(val subscriptions: List<RegisteredSubscription>, val frames: ByteBuffer)

    /** SUB, and UNSUB where there is a limit, for [subscriptions], in parts of a size that a slow network takes in a moment. */
    fun parts(subscriptions: List<RegisteredSubscription>): List<Part> = subscriptions.chunked(PART_SUBSCRIPTIONS).mapNotNull(::part)

    /** As [parts], all in one; `null` if there is nothing to tell. */
    fun part(subscriptions: List<RegisteredSubscription>): Part? {
        val frames = subscriptions.flatMap(::subscribe)
        return if (frames.isEmpty()) null else Part(subscriptions, encode(frames + Ping))
    }

    /** SUB for who has come since [parts], UNSUB for who has left or has another limit now. */
    fun changes(): ByteBuffer {
        val now = registry.all().filter { it.isWanted }
        val left = told.keys - now.mapTo(HashSet()) { it.sid }
        val frames = left.map { Unsubscribe(it, 0) } + now.flatMap(::change)
        // From now on the server that counts is this one.
        now.forEach { subscription -> told[subscription.sid]?.let { subscription.toldBy(it.received) } }
        return encode(frames)
    }

    /** UNSUB for everybody, and a PING: after its PONG nothing more is delivered on a link that is left. */
    fun leaving(): ByteBuffer = encode(registry.all().map { Unsubscribe(it.sid, 0) } + Ping)

    private fun change(subscription: RegisteredSubscription): List<SubscriptionFrame> {
        val before = told[subscription.sid] ?: return subscribe(subscription)
        val limit = subscription.limit
        return if (limit == before.limit) emptyList() else listOf(Unsubscribe(subscription.sid, limit - before.received))
    }

    private fun subscribe(subscription: RegisteredSubscription): List<SubscriptionFrame> {
        val state = Told(subscription.receivedMessages, subscription.limit)
        val remaining = state.limit - state.received
        // The limit has just been reached, or the subscription is being drained: it is about to leave the registry.
        if (remaining <= 0 || !subscription.isWanted) return emptyList()
        told[subscription.sid] = state
        val frame = Subscribe(subscription)
        return if (state.limit == Long.MAX_VALUE) listOf(frame) else listOf(frame, Unsubscribe(subscription.sid, remaining))
    }

    private fun encode(frames: List<SubscriptionFrame>): ByteBuffer {
        val out = ByteBuffer.allocate(frames.sumOf { it.size })
        for (frame in frames) {
            log.sent(frame)
            frame.write(out)
        }
        return out.flip()
    }

    private companion object {
        /** Some 16 KiB, with subjects of usual length: 64 kbit/s bring one within two seconds. */
        const val PART_SUBSCRIPTIONS = 400
    }
}
