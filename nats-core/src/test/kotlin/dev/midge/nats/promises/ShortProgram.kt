package dev.midge.nats.promises

import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsEvent
import dev.midge.nats.ReconnectOptions
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.TimeSource
import kotlin.time.TimeSource.Monotonic.markNow

/** Programs that use a connection in one way, say when they are done with it, and end. */
object ShortProgram {
    @JvmStatic
    fun main(arguments: Array<String>): Unit = runBlocking {
        val (what, url) = arguments
        when (what) {
            "drain" -> drain(NatsConnection(url))
            "close" -> close(NatsConnection(url))
            "connect" -> repeat(20) { close(NatsConnection(url) { timeouts { connect = 20.seconds } }) }
            "try" -> repeat(60) { runCatching { NatsConnection(url).connect() } }
            "fail" -> fail(NatsConnection(url) { reconnect = persistent })
        }
        println("done")
    }

    private val persistent = ReconnectOptions {
        wait = 200.milliseconds
        jitter = 0.milliseconds
        retryFirstConnect = true
    }

    private suspend fun drain(nats: NatsConnection) {
        nats.respond("echo") { it.payload }
        nats.request("echo")
        nats.drain()
    }

    private suspend fun close(nats: NatsConnection) {
        nats.flush()
        nats.close()
    }

    /** Tells what it tries within five attempts at servers that are not there, and how long after the first it does so. */
    private suspend fun fail(nats: NatsConnection) = coroutineScope {
        val connecting = launch(start = CoroutineStart.LAZY) { runCatching { nats.connect() } }
        launch(start = CoroutineStart.UNDISPATCHED) {
            var first: TimeSource.Monotonic.ValueTimeMark? = null
            nats.events.first { event ->
                if (event is NatsEvent.Reconnecting) {
                    val begun = first ?: markNow().also { first = it }
                    val tried = begun.elapsedNow() + event.delay
                    println("attempt ${event.attempt} ${event.url} ${event.delay.inWholeMilliseconds} ${tried.inWholeMilliseconds}")
                }
                event is NatsEvent.Reconnecting && event.attempt == 5
            }
            nats.close()
        }
        connecting.start()
    }
}
