package dev.midge.nats.testing.internal.proxy

/** What is wrong in one direction, for every connection. Confined to the proxy's thread. */
internal class DirectionFaults {
    var delayNanos: Long = 0

    /** `null` without a limit. */
    var bytesPerSecond: Long? = null
    var pieceBytes: Int = Int.MAX_VALUE
    var isPaused: Boolean = false
    var isBlackHole: Boolean = false
    var cut: Cut? = null
    var corruption: Corruption? = null

    fun heal() {
        delayNanos = 0
        bytesPerSecond = null
        pieceBytes = Int.MAX_VALUE
        isPaused = false
        isBlackHole = false
        cut = null
        corruption = null
    }

    /** Ends a connection once [bytes] have passed, for the first [times] connections that come so far. */
    class Cut(val bytes: Long, var times: Int)

    /** Inverts the byte at [offset], and with a [period] every byte that many later; [times] bytes at most, over all connections. */
    class Corruption(private val offset: Long, private val period: Long?, var times: Int) {
        fun hits(position: Long): Boolean =
            position == offset || (period != null && position > offset && (position - offset) % period == 0L)
    }
}
