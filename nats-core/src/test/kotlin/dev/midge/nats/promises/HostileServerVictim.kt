package dev.midge.nats.promises

import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsEvent
import dev.midge.nats.ReconnectOptions
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import java.lang.management.ManagementFactory
import java.util.concurrent.atomic.AtomicLong
import kotlin.time.Duration

/** What a message may hold at most: by default, of a server whose `max_payload` is 1 MiB. */
const val VICTIM_MAX_PAYLOAD: Int = 8 * 1024 * 1024

/** A client in a small heap that tells what happens to it, and answers `heap` and `end`. */
fun main(arguments: Array<String>): Unit = runBlocking(Dispatchers.Default) {
    val nats = NatsConnection(arguments.single()) {
        reconnect {
            wait = Duration.ZERO
            jitter = Duration.ZERO
            retryFirstConnect = true
        }
    }
    val telling = launch(start = CoroutineStart.UNDISPATCHED) {
        nats.events.collect { event ->
            when (event) {
                is NatsEvent.Disconnected -> println("Disconnected ${event.cause::class.simpleName}")
                is NatsEvent.ReconnectFailed -> println("ReconnectFailed ${event.cause::class.simpleName}")
                else -> println(event::class.simpleName)
            }
        }
    }
    val received = AtomicLong()
    nats.subscribeInline("a") { received.incrementAndGet() }
    generateSequence(::readlnOrNull).takeWhile { it != "end" }.forEach {
        System.gc()
        println("heap ${ManagementFactory.getMemoryMXBean().heapMemoryUsage.used} ${received.get()}")
    }
    nats.close()
    println("state ${nats.state.value}")
    telling.cancel()
}
