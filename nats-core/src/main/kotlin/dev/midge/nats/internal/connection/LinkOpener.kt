package dev.midge.nats.internal.connection

import dev.midge.nats.AuthenticationException
import dev.midge.nats.ConnectFailedException
import dev.midge.nats.NatsEvent
import dev.midge.nats.NatsException
import dev.midge.nats.NatsOptions
import dev.midge.nats.internal.transport.Connector
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.withTimeoutOrNull
import org.slf4j.Logger

/** Decides which server is tried when, and what follows when it does not let the client in. */
internal class LinkOpener(
    private val options: NatsOptions,
    private val pool: ServerPool,
    private val connector: Connector,
    private val events: EventBus,
    private val log: Logger,
) {
    private val hurries = Channel<Unit>(Channel.CONFLATED)

    /** Tries each server once, without waiting, and returns what [establish] makes of the first link. */
    suspend fun <T> onceEach(establish: suspend (Link) -> T): T {
        val failures = ArrayList<Exception>()
        for (server in pool.all()) {
            open(server, establish) { failures += it }?.let { return it }
        }
        throw failure(failures)
    }

    /**
     * Tries servers, each in its time, until [establish] has made something of a link.
     *
     * @param loss why there is no link any more, if there was one.
     * @throws NatsException when the options say to give up.
     */
    suspend fun <T> untilOpen(loss: NatsException? = null, establish: suspend (Link) -> T): T {
        var attempt = 0
        var last = loss
        while (true) {
            val choice = pool.next() ?: throw ConnectFailedException("no server is left to try: ${last?.message}", last)
            attempt++
            events.tell(NatsEvent.Reconnecting(attempt, choice.server.url, choice.delay))
            if (choice.delay.isPositive()) withTimeoutOrNull(choice.delay) { hurries.receive() }
            var hopeless = false
            val opened = open(choice.server, establish) {
                val cause = it as? NatsException ?: ConnectFailedException("cannot connect to ${choice.server}: ${it.message}", it)
                last = cause
                hopeless = pool.failed(choice.server, cause, choice.server.scheme.isTls)
                events.tell(NatsEvent.ReconnectFailed(attempt, choice.server.url, cause))
            }
            if (opened != null) return opened
            if (hopeless) throw checkNotNull(last)
        }
    }

    /** Tries each server but [server], which is left only if there is another one; then, if [alsoThere], that one too. */
    suspend fun <T> elsewhere(server: ServerAddress, alsoThere: Boolean, establish: suspend (Link) -> T): T? {
        val candidates = pool.others(server) + if (alsoThere) listOf(server) else emptyList()
        return candidates.firstNotNullOfOrNull { open(it, { link -> staying(link, establish) }) {} }
    }

    /** A server that is about to shut down is no place to move to. */
    private suspend fun <T> staying(link: Link, establish: suspend (Link) -> T): T {
        if (!link.info.lameDuck) return establish(link)
        link.transport.close()
        throw ConnectFailedException("${link.server} is about to shut down", null)
    }

    /** Ends the wait for the next attempt. */
    fun hurry() {
        hurries.trySend(Unit)
    }

    /** A connection was lost: who was in a hurry before was so for another reason. */
    fun forgetHurries() {
        hurries.tryReceive()
    }

    private suspend fun <T> open(server: ServerAddress, establish: suspend (Link) -> T, failed: (Exception) -> Unit): T? {
        try {
            return establish(Link.open(server, options, connector)).also { pool.connected(server) }
        } catch (e: Exception) {
            // This attempt's own cancellation passes; one from within, as of a selector that was closed, is a failure like any other.
            currentCoroutineContext().ensureActive()
            log.info("cannot connect to {}: {}", server, e.message)
            failed(e)
        }
        return null
    }

    /** The refusal of credentials says more than a server that was not there. */
    private fun failure(failures: List<Exception>): NatsException {
        val authentication = failures.firstNotNullOfOrNull { it as? AuthenticationException }
        val last = failures.last()
        val result = authentication ?: ConnectFailedException("no server of ${options.servers} let the client in: ${last.message}", last)
        failures.forEach { if (it !== result && it !== result.cause) result.addSuppressed(it) }
        return result
    }
}
