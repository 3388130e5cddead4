package dev.midge.nats.internal.transport

import io.ktor.network.selector.SelectInterest
import io.ktor.network.selector.Selectable
import io.ktor.network.selector.SelectorManager
import org.slf4j.LoggerFactory
import java.nio.channels.CancelledKeyException
import java.nio.channels.SelectableChannel
import java.nio.channels.SelectionKey
import java.nio.channels.spi.SelectorProvider
import java.util.function.Consumer
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.EmptyCoroutineContext

/**
 * One NIO selector and the thread that waits in it: Ktor's sockets suspend here, and go on in that thread, in place.
 *
 * A wake-up costs two system calls, `epoll_wait` and what the woken coroutine does; with nothing to do the thread sleeps. Ktor's own selector
 * polls twice a second, and yields and selects again around each wake-up.
 *
 * Whoever is resumed here holds up the other sockets of this selector for as long as it runs. Tested by `NioSelectorSpec`.
 */
internal class NioSelector(name: String) : SelectorManager {
    override val provider: SelectorProvider = SelectorProvider.provider()
    override val coroutineContext: CoroutineContext
        get() = EmptyCoroutineContext

    private val selector = provider.openSelector()
    private val ready = Consumer(::ready)
    private val thread = Thread(::run, name).apply {
        isDaemon = true
        // Not that of whoever happens to connect first.
        contextClassLoader = NioSelector::class.java.classLoader
    }

    /** When the thread has begun with what it was woken for, by `System.nanoTime`; 0 while it sleeps. */
    @Volatile
    private var turnBegan = 0L

    /** Whether somebody who was resumed here, an inline handler that blocks say, has kept the thread for long. */
    val isHeldUp: Boolean
        get() = turnBegan.let { it != 0L && System.nanoTime() - it > HELD_UP_NANOS }

    /** Whether the thread runs no more, or ends at its next turn. */
    @Volatile
    var hasEnded: Boolean = false
        private set

    fun start(): NioSelector = apply { thread.start() }

    /** Who waits for [channel] by this selector. */
    fun readiness(channel: SelectableChannel): Readiness =
        known(channel) ?: channel.register(selector, 0).let { key -> Readiness(this, key).also(key::attach) }

    private fun known(channel: SelectableChannel): Readiness? = channel.keyFor(selector)?.attachment() as Readiness?

    override suspend fun select(selectable: Selectable, interest: SelectInterest): Unit = readiness(selectable.channel).await(interest.flag)

    /** Fails whoever waits for [selectable], whose channel is closed. */
    override fun notifyClosed(selectable: Selectable) {
        known(selectable.channel)?.close()
    }

    /** Has the thread look at all interests, and at channels that were closed, before it sleeps on. */
    fun wakeUp() {
        if (Thread.currentThread() !== thread) selector.wakeup()
    }

    /** Ends the thread. Whoever waits for a channel fails. */
    override fun close() {
        hasEnded = true
        selector.wakeup()
    }

    private fun run() {
        try {
            while (!hasEnded) {
                selector.select(ready)
                turnBegan = 0
                // A user's handler may have interrupted this thread; the selector would return at once for ever.
                Thread.interrupted()
            }
        } catch (e: Throwable) {
            log.error("{} ends; its connections open new links", thread.name, e)
        } finally {
            hasEnded = true
            end()
        }
    }

    private fun ready(key: SelectionKey) {
        if (turnBegan == 0L) turnBegan = System.nanoTime()
        try {
            (key.attachment() as Readiness).ready(key.readyOps())
        } catch (_: CancelledKeyException) {
            // Closed at this moment, by the owner, who tells those that wait.
        }
    }

    private fun end() {
        val waiting = selector.keys().map { it.attachment() as Readiness? }
        selector.close()
        waiting.forEach { it?.close() }
    }

    private companion object {
        val log = LoggerFactory.getLogger("dev.midge.nats.connection")!!

        /** Longer than all that it does itself. */
        const val HELD_UP_NANOS = 100_000_000L
    }
}
