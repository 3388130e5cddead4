package dev.midge.nats.internal.connection

import dev.midge.nats.AuthenticationException
import dev.midge.nats.NatsException
import dev.midge.nats.NatsOptions
import dev.midge.nats.ServerCandidate
import org.slf4j.Logger
import org.slf4j.helpers.NOPLogger
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock
import kotlin.time.Duration
import kotlin.time.Duration.Companion.nanoseconds

/**
 * The servers that may be connected to, in the order in which they are tried, and when each may be tried again.
 *
 * Those of the options are shuffled once, so that many clients spread, and leave only when they have failed too often. Those that a server
 * names come and go with what the servers say (`connect_urls` of INFO).
 */
internal class ServerPool(
    private val options: NatsOptions,
    private val log: Logger = NOPLogger.NOP_LOGGER,
    private val nanoTime: () -> Long = System::nanoTime,
) {
    /** One server: a host name counts as one, however many addresses it has. */
    private class Entry(val address: ServerAddress, val isDiscovered: Boolean) {
        var failures = 0

        /** By [nanoTime]; `null` if the server may be tried at once. */
        var notBefore: Long? = null
        var refusal: AuthenticationException.Reason? = null
    }

    /** A server, and how long the pool leaves it alone yet. */
    class Choice(val server: ServerAddress, val delay: Duration)

    private val lock = ReentrantLock()
    private val policy = ReconnectPolicy(options.reconnect)

    /** Guarded by [lock], like what the entries say. */
    private val given = if (options.randomizeServers) options.servers.shuffled() else options.servers
    private val entries = given.mapTo(ArrayList()) { Entry(it, isDiscovered = false) }

    private var lastWasDiscovered = true

    /** All servers, in order. */
    fun all(): List<ServerAddress> = lock.withLock { entries.map { it.address } }

    /** All servers but [server], in order. */
    fun others(server: ServerAddress): List<ServerAddress> = all().filterNot(server::isSame)

    /** A server that may be tried at once, or else the one that may be tried first; `null` if none is left. */
    fun next(): Choice? {
        val wanted = options.reconnect.selectServer?.let(::selected)
        return lock.withLock {
            val entry = entries.find { it.address.url == wanted?.url } ?: first()
            entry?.let { lastWasDiscovered = it.isDiscovered }
            entry?.let(::choice)
        }
    }

    private fun selected(hook: (List<ServerCandidate>) -> ServerCandidate?): ServerCandidate? = try {
        hook(lock.withLock { entries.map(::candidate) })
    } catch (e: Exception) {
        log.error("selectServer threw; the next server is chosen without it", e)
        null
    }

    /** Gossip may be wrong, and so may be the user's own list: as long as there are both, they take turns. */
    private fun first(): Entry? {
        val delays = entries.associateWith(::delay)
        val due = entries.filter { delays.getValue(it) == Duration.ZERO }
        return due.find { it.isDiscovered != lastWasDiscovered } ?: due.firstOrNull() ?: entries.minByOrNull(delays::getValue)
    }

    /** [server] let the client in. */
    fun connected(server: ServerAddress) {
        update(server) {
            notBefore = null
            refusal = null
        }
    }

    /**
     * The connection to [server] was lost, or is about to be: others come first.
     *
     * @param wasBrief whether it was lost as soon as it was there: to let clients in and turn them out is to fail.
     */
    fun lost(server: ServerAddress, cause: NatsException?, isTls: Boolean, wasBrief: Boolean = false) {
        val inARow = if (wasBrief) failures(server) + 1 else 0
        val delay = delayAfter(inARow, isTls)
        update(server) {
            failures = inARow
            leaveAlone(delay)
            refusal(cause)?.let { refusal = it }
            leaveOutOrToTheEnd(this)
        }
    }

    /** An attempt at [server] failed. Returns whether it is hopeless to go on with any server. */
    fun failed(server: ServerAddress, cause: NatsException, isTls: Boolean): Boolean {
        val delay = delayAfter(failures(server) + 1, isTls)
        var hopeless = false
        update(server) {
            failures++
            leaveAlone(delay)
            val reason = refusal(cause)
            hopeless = reason != null && reason == refusal && options.reconnect.stopOnAuthErrors
            refusal = reason
            leaveOutOrToTheEnd(this)
        }
        return hopeless
    }

    private fun failures(server: ServerAddress): Int = lock.withLock { entry(server)?.failures ?: 0 }

    /** Before the lock is taken, which the reader needs too: it may be the user's function. */
    private fun delayAfter(failures: Int, isTls: Boolean): Duration = try {
        policy.delay(failures, isTls)
    } catch (e: Exception) {
        log.error("reconnect.delay threw; reconnect.wait is taken instead", e)
        options.reconnect.wait
    }

    /** Connecting is given up: the next call begins anew, with all servers of the options. */
    fun restore() {
        lock.withLock {
            val left = entries.mapTo(HashSet()) { it.address }
            given.filter { it !in left }.forEach { entries.add(Entry(it, isDiscovered = false)) }
        }
    }

    /** A server that [via] is the address of names the [urls] of its cluster; [isProven] if over verified TLS. Returns those that are new. */
    fun discover(urls: List<String>, via: ServerAddress, isProven: Boolean = false): List<String> {
        // A server alone names none, nor does one that is told not to.
        if (!options.reconnect.useDiscoveredServers || urls.isEmpty()) return emptyList()
        val named = urls.take(MOST_NAMED).mapNotNull { via.neighbour(it) }.distinctBy { it.place }
        return lock.withLock {
            val places = named.mapTo(HashSet()) { it.place }
            entries.removeAll { it.isDiscovered && it.address.place !in places && it.address.place != via.place }
            val known = entries.mapTo(HashSet()) { it.address.place }
            val new = named.filter { it.place !in known }.let { if (options.randomizeServers) it.shuffled() else it }
            new.forEach { entries.add(Entry(it, isDiscovered = true)) }
            if (isProven) entries.filter { it.isDiscovered && it.address.place in places }.forEach { it.address.proveName() }
            new.map { it.url }
        }
    }

    /** What a server has against the credentials. That there are none to show, for the moment, is not the server's word. */
    private fun refusal(cause: NatsException?): AuthenticationException.Reason? =
        (cause as? AuthenticationException)?.reason.takeIf { it != AuthenticationException.Reason.UNAVAILABLE }

    private inline fun update(server: ServerAddress, change: Entry.() -> Unit) {
        lock.withLock { entry(server)?.change() }
    }

    private fun entry(server: ServerAddress): Entry? = entries.find { it.address === server }

    private fun leaveOutOrToTheEnd(entry: Entry) {
        entries.remove(entry)
        if (options.reconnect.maxReconnects !in 1..entry.failures) entries.add(entry)
    }

    private fun Entry.leaveAlone(time: Duration) {
        notBefore = nanoTime() + time.inWholeNanoseconds
    }

    private fun delay(entry: Entry): Duration = entry.notBefore?.let { (it - nanoTime()).coerceAtLeast(0).nanoseconds } ?: Duration.ZERO

    private fun choice(entry: Entry) = Choice(entry.address, delay(entry))

    private fun candidate(entry: Entry) = ServerCandidate(entry.address.url, entry.isDiscovered, entry.failures, delay(entry))

    private companion object {
        /** More than any cluster has; a server that names more is not to be believed. */
        const val MOST_NAMED = 256
    }
}
