package dev.midge.nats.internal.connection

import dev.midge.nats.internal.protocol.ProtocolEncoder
import dev.midge.nats.internal.transport.WireLog
import java.nio.ByteBuffer
import java.util.concurrent.atomic.AtomicLong

/**
 * What tells a server who is subscribed: [size] bytes, of which its text is the control line.
 *
 * One object for all who send it, now or when the next link begins: what is written, what room that takes and what is logged cannot differ.
 */
internal sealed class SubscriptionFrame(val size: Int) {
    abstract fun write(out: ByteBuffer)

    /** @param isNew whether it tells of the subscription, which it then gives its number; or only asks again. */
    class Subscribe(
        private val subscription: RegisteredSubscription,
        private val isNew: Boolean = true,
        private val group: ByteArray? = subscription.queueGroup?.encodeToByteArray(),
    ) : SubscriptionFrame(ProtocolEncoder.subscribeSize(subscription.subject.wire, group, subscription.sid)) {
        override fun write(out: ByteBuffer) {
            if (isNew) subscription.toldAs = numbers.incrementAndGet()
            ProtocolEncoder.subscribe(out, subscription.subject.wire, group, subscription.sid)
        }

        override fun toString(): String =
            listOfNotNull("SUB", subscription.subject, subscription.queueGroup, subscription.sid).joinToString(" ")
    }

    /** @param max after so many messages; 0 is at once. */
    class Unsubscribe(private val sid: Long, private val max: Long) : SubscriptionFrame(ProtocolEncoder.unsubscribeSize(sid, max)) {
        override fun write(out: ByteBuffer) = ProtocolEncoder.unsubscribe(out, sid, max)

        override fun toString(): String = if (max > 0) "UNSUB $sid $max" else "UNSUB $sid"
    }

    /** Behind other frames: its PONG says that the server has taken them. */
    object Ping : SubscriptionFrame(ProtocolEncoder.PING_SIZE) {
        override fun write(out: ByteBuffer) = ProtocolEncoder.ping(out)

        override fun toString(): String = "PING"
    }

    companion object {
        private val numbers = AtomicLong()

        /** The number of the last SUB of any connection: only their order counts. */
        val lastNumber: Long
            get() = numbers.get()
    }
}

/** Makes the text of [frame] only where somebody reads it. */
internal fun WireLog.sent(frame: SubscriptionFrame) {
    if (enabled) sent(frame.toString())
}
