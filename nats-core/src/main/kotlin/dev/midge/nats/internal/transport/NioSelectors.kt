package dev.midge.nats.internal.transport

import io.ktor.network.selector.SelectorManager
import java.util.concurrent.atomic.AtomicBoolean

/**
 * The selectors of this process. Each new socket is given one that has the fewest, and a new one as long as less than [most] are at hand; a
 * selector ends with its last socket.
 *
 * INVARIANT: [uses] has each selector that is shared and how many leases it has, which is more than none. Guarded by the lock of this object.
 */
internal class NioSelectors(private val most: Int) {
    private val uses = HashMap<NioSelector, Int>()
    private var made = 0

    /** A selector that is to be closed with the socket; if [isOwn], nobody else is given it. */
    @Synchronized
    fun lease(isOwn: Boolean): LeasedSelector {
        if (isOwn) return LeasedSelector(start()) { it.close() }
        // One that has ended by a fault has failed its sockets, which give it back. One that is held up would keep a new link from opening.
        val usable = uses.entries.filter { !it.key.hasEnded && !it.key.isHeldUp }
        val least = usable.minByOrNull { it.value }?.key
        val selector = if (least == null || usable.size < most) start() else least
        uses.merge(selector, 1, Int::plus)
        return LeasedSelector(selector, ::giveBack)
    }

    @Synchronized
    private fun giveBack(selector: NioSelector) {
        val rest = uses.getValue(selector) - 1
        if (rest > 0) {
            uses[selector] = rest
            // So that it lets go of the socket, also of one that was never connected.
            selector.wakeUp()
        } else {
            uses -= selector
            selector.close()
        }
    }

    private fun start() = NioSelector("midge-selector-${++made}").start()

    companion object {
        /** As many as there are cores, and some on small machines: whoever blocks one in an inline handler holds up its other sockets. */
        val shared = NioSelectors(most = maxOf(Runtime.getRuntime().availableProcessors(), 3))
    }
}

/** A [selector] for one socket. */
internal class LeasedSelector(val selector: NioSelector, private val giveBack: (NioSelector) -> Unit) : SelectorManager by selector {
    private val isGivenBack = AtomicBoolean()

    /** Idempotent. */
    override fun close() {
        if (isGivenBack.compareAndSet(false, true)) giveBack(selector)
    }
}
