package dev.midge.nats.testing

import dev.midge.nats.testing.internal.proxy.DirectionFaults
import dev.midge.nats.testing.internal.proxy.ProxiedConnection
import dev.midge.nats.testing.internal.proxy.ProxyContext
import dev.midge.nats.testing.internal.proxy.ProxyLoop
import java.io.IOException
import java.net.InetSocketAddress
import java.time.Duration

/**
 * A TCP proxy on loopback that does to a connection what networks do, when a test says so.
 *
 * ```kotlin
 * FaultProxy.start(server.port).use { proxy ->
 *     connect(proxy.url)
 *     proxy.cutAfter(100, FaultProxy.Direction.CLIENT_TO_SERVER, times = 1)
 *     ...
 *     proxy.heal()
 * }
 * ```
 * Without a fault it is transparent: bytes, half-closed streams and resets are passed on; a client whose target cannot be reached is
 * reset. A fault holds for all connections, those to come included, from the moment at which its function returns until [heal]; faults
 * of different kinds add up, the same kind given again replaces the one before. Where a fault counts bytes, it counts them exactly, for
 * each connection: from this call on those that are open, from the first byte on those that come later.
 *
 * It knows nothing of NATS, and TLS goes through it unseen. All functions may be called from any thread; after [close] the faults throw
 * [IllegalStateException], and what was counted and captured can still be read. All of it runs on one daemon thread.
 */
public class FaultProxy private constructor(private val loop: ProxyLoop) : AutoCloseable {
    /** Which way bytes go. */
    public enum class Direction {
        /** From the side that connected to the proxy to the target. */
        CLIENT_TO_SERVER,

        /** From the target to the side that connected to the proxy. */
        SERVER_TO_CLIENT,
    }

    /** The port on 127.0.0.1 that clients connect to; it stays the same for the life of this object. */
    public val port: Int get() = loop.port

    /** Where clients connect: `nats://127.0.0.1:port`. */
    public val url: String get() = "nats://127.0.0.1:$port"

    /** How many connections were accepted until now, those included that a black hole swallowed. */
    public val acceptedConnections: Int get() = loop.call { it.acceptedCount }

    /** How many connections the proxy keeps open now: neither ended by a fault nor closed by both sides. */
    public val openConnections: Int get() = loop.call { context -> context.connections.count { it.isOpen } }

    /** Has connections that come from now on go to [host] and [port]; those that are open stay where they are. */
    public fun target(host: String, port: Int) {
        val address = address(host, port)
        script { it.target = address }
    }

    /** How many bytes have left the proxy in [direction], over all connections. */
    public fun bytes(direction: Direction): Long =
        loop.call { if (direction == Direction.CLIENT_TO_SERVER) it.upstreamBytes else it.downstreamBytes }

    /**
     * What was sent to the proxy in [direction], whether or not it was forwarded: one array for each connection in the order in which they
     * were accepted, and empty where nothing was sent. Everything written before this call is in it, unless the direction was paused.
     *
     * Bounded: the first 64 KiB of each of the first 1,024 connections.
     */
    public fun captured(direction: Direction): List<ByteArray> = loop.call { context ->
        (if (direction == Direction.CLIENT_TO_SERVER) context.clientCaptures else context.serverCaptures).map { it.toByteArray() }
    }

    /**
     * Lets every byte arrive [latency] later than it would, in one [direction] or in both. The throughput stays the same up to 1 MiB in
     * flight.
     */
    @JvmOverloads
    public fun delay(latency: Duration, direction: Direction? = null) {
        require(!latency.isNegative) { "latency is $latency, but must not be negative." }
        faults(direction) { it.delayNanos = latency.toNanos() }
    }

    /** Lets at most [bytesPerSecond] pass on each connection, in one [direction] or in both. */
    @JvmOverloads
    public fun throttle(bytesPerSecond: Long, direction: Direction? = null) {
        require(bytesPerSecond > 0) { "bytesPerSecond is $bytesPerSecond, but must be positive: see pause." }
        faults(direction) { it.bytesPerSecond = bytesPerSecond }
    }

    /**
     * Writes in pieces of [pieceBytes], each by itself and without Nagle's algorithm, in one [direction] or in both. A receiver that is
     * slower than the proxy still finds several pieces at once; with [throttle] it meets each alone.
     */
    @JvmOverloads
    public fun split(pieceBytes: Int, direction: Direction? = null) {
        require(pieceBytes > 0) { "pieceBytes is $pieceBytes, but must be positive." }
        faults(direction) { it.pieceBytes = pieceBytes }
    }

    /**
     * Closes a connection when exactly [bytes] have passed in [direction]: both sides see the end of the stream, the receiver after these
     * bytes. Anything in flight the other way is lost. With 0, a connection is closed as soon as it is made.
     *
     * @param times how many connections are closed like this, before the fault is used up; without end by default.
     */
    @JvmOverloads
    public fun cutAfter(bytes: Long, direction: Direction, times: Int = Int.MAX_VALUE) {
        require(bytes >= 0) { "bytes is $bytes, but must not be negative." }
        require(times > 0) { "times is $times, but must be positive." }
        script { context ->
            pipes(context, direction).forEach { it.startCutHere() }
            faults(context, direction).cut = DirectionFaults.Cut(bytes, times)
        }
    }

    /**
     * Inverts all bits of the byte at [offset] in [direction]; 0 is the next byte.
     *
     * @param times on how many connections, before the fault is used up; without end by default.
     */
    @JvmOverloads
    public fun corruptAt(offset: Long, direction: Direction, times: Int = Int.MAX_VALUE) {
        require(offset >= 0) { "offset is $offset, but must not be negative." }
        require(times > 0) { "times is $times, but must be positive." }
        corrupt(direction, DirectionFaults.Corruption(offset, period = null, times))
    }

    /** Inverts all bits of each [period]th byte in [direction]; with 1 every one. */
    public fun corruptEvery(period: Long, direction: Direction) {
        require(period > 0) { "period is $period, but must be positive." }
        corrupt(direction, DirectionFaults.Corruption(period - 1, period, Int.MAX_VALUE))
    }

    /**
     * Stops forwarding in one [direction] or in both, and reading as well: senders run into back-pressure, and neither bytes nor the end of
     * a stream get through before [resume] or [heal]. Nothing is lost: a network that is down for a while.
     */
    @JvmOverloads
    public fun pause(direction: Direction? = null): Unit = faults(direction) { it.isPaused = true }

    /** Undoes [pause], in one [direction] or in both. */
    @JvmOverloads
    public fun resume(direction: Direction? = null): Unit = faults(direction) { it.isPaused = false }

    /**
     * Reads and discards what is sent in one [direction] or in both, and keeps resets and ends of streams to itself: each side believes
     * that the other one is there. With both directions, new connections are accepted and the target does not hear of them.
     *
     * [heal] resets the connections that lost something by it, since the streams have gaps; the others go on.
     */
    @JvmOverloads
    public fun blackHole(direction: Direction? = null): Unit = faults(direction) { it.isBlackHole = true }

    /**
     * Refuses new connections, as a port does on which nobody listens, until [heal]. Open ones go on; the operating
     * system gives the port to nobody else meanwhile.
     */
    public fun refuseConnections(): Unit = script { loop.refuse() }

    /** Closes all connections that are open now, in order: each side sees the end of the stream. What is in flight is lost. */
    public fun closeConnections(): Unit = script { context -> context.connections.toList().forEach { it.end() } }

    /** Resets all connections that are open now: each side gets a RST. What is in flight is lost. */
    public fun resetConnections(): Unit = script { context -> context.connections.toList().forEach { it.reset() } }

    /**
     * Takes all faults away: what still waits is forwarded at once. The target stays.
     *
     * @throws java.io.UncheckedIOException if another process has bound this very port during [refuseConnections].
     */
    public fun heal(): Unit = script { context ->
        Direction.entries.forEach { faults(context, it).heal() }
        loop.listen()
        context.connections.toList().forEach { it.heal() }
    }

    /** Closes all connections and the port, and returns when that is done. Closing twice does nothing more. */
    override fun close(): Unit = loop.close()

    /** The port. */
    override fun toString(): String = "FaultProxy($url)"

    private fun corrupt(direction: Direction, corruption: DirectionFaults.Corruption): Unit = script { context ->
        pipes(context, direction).forEach { it.startCorruptionHere() }
        faults(context, direction).corruption = corruption
    }

    private fun faults(direction: Direction?, change: (DirectionFaults) -> Unit): Unit = script { context ->
        (direction?.let { listOf(it) } ?: Direction.entries).forEach { change(faults(context, it)) }
    }

    private fun script(change: (ProxyContext) -> Unit) {
        check(loop.isOpen) { "This proxy was closed: start a new one." }
        loop.call { context ->
            change(context)
            context.connections.toList().forEach(ProxiedConnection::advance)
        }
    }

    private fun faults(context: ProxyContext, direction: Direction): DirectionFaults =
        if (direction == Direction.CLIENT_TO_SERVER) context.clientToServer else context.serverToClient

    private fun pipes(context: ProxyContext, direction: Direction) =
        context.connections.map { if (direction == Direction.CLIENT_TO_SERVER) it.upstream else it.downstream }

    /** Starts proxies. */
    public companion object {
        private const val MAX_PORT = 65_535

        /** Starts a proxy in front of [targetPort] on 127.0.0.1, on a random port; see the other [start]. */
        @JvmStatic
        @Throws(IOException::class)
        public fun start(targetPort: Int): FaultProxy = start("127.0.0.1", targetPort)

        /**
         * Starts a proxy in front of [targetHost] and [targetPort] and returns when it accepts connections. The target need not be there
         * yet.
         *
         * @param port the port to listen on, or 0 for one that the operating system chooses.
         * @throws IOException if the port is taken.
         * @throws IllegalArgumentException if the host has no address or a port is out of range.
         */
        @JvmStatic
        @JvmOverloads
        @Throws(IOException::class)
        public fun start(targetHost: String, targetPort: Int, port: Int = 0): FaultProxy {
            require(port in 0..MAX_PORT) { "port is $port, but must be 0 (random) to $MAX_PORT." }
            return FaultProxy(ProxyLoop(address(targetHost, targetPort), port))
        }

        private fun address(host: String, port: Int): InetSocketAddress {
            require(port in 1..MAX_PORT) { "The target's port is $port, but must be 1 to $MAX_PORT." }
            return InetSocketAddress(host, port).also { require(!it.isUnresolved) { "The target's host '$host' has no address." } }
        }
    }
}
