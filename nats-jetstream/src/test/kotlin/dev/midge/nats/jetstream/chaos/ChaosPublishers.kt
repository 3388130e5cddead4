package dev.midge.nats.jetstream.chaos

import dev.midge.nats.NatsException
import dev.midge.nats.jetstream.JetStream
import dev.midge.nats.jetstream.PublishAck
import dev.midge.nats.jetstream.PublishOptions
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.Job
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.atomic.AtomicLong
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/** Publishers of messages with ids, each of which is published until it is acknowledged. */
internal class ChaosPublishers(private val js: JetStream, private val subject: String) {
    /** The sequences of the messages, by their ids, as they were acknowledged. */
    val acked = ConcurrentHashMap<String, Long>()
    val failures = AtomicInteger()
    val duplicates = AtomicInteger()

    /** Of those that were acknowledged. */
    val highest = AtomicLong()

    @Volatile
    private var isOver = false

    fun launchIn(scope: CoroutineScope): List<Job> =
        List(SINGLE) { scope.launch { publishOneByOne("s$it") } } + scope.launch { publishManyAtOnce("m") }

    /** The last messages are published until they are acknowledged. */
    suspend fun finish(jobs: List<Job>) {
        isOver = true
        jobs.forEach { it.join() }
    }

    private suspend fun publishOneByOne(name: String) {
        var number = 0
        while (!isOver) {
            val id = "$name-${number++}"
            insist(id) { js.publish("$subject.${number % KEYS}", id.encodeToByteArray(), options(id)) }
            delay(PAUSE)
        }
    }

    private suspend fun publishManyAtOnce(name: String) {
        var number = 0
        while (!isOver) {
            val ids = List(BATCH) { "$name-${number++}" }
            val first: List<Deferred<PublishAck>?> = ids.map { id ->
                try {
                    js.publishAsync("$subject.m", id.encodeToByteArray(), options(id))
                } catch (_: NatsException) {
                    null
                }
            }
            ids.zip(first) { id, deferred ->
                var ack = deferred
                insist(id) { (ack ?: js.publishAsync("$subject.m", id.encodeToByteArray(), options(id))).also { ack = null }.await() }
            }
            delay(PAUSE * BATCH)
        }
    }

    private suspend fun insist(id: String, attempt: suspend () -> PublishAck) {
        while (true) {
            try {
                val ack = attempt()
                acked[id] = ack.sequence
                highest.accumulateAndGet(ack.sequence, ::maxOf)
                if (ack.isDuplicate) duplicates.incrementAndGet()
                return
            } catch (_: NatsException) {
                failures.incrementAndGet()
                delay(PAUSE)
            }
        }
    }

    private fun options(id: String) = PublishOptions {
        messageId = id
        resendAfterReconnect = true
        timeout = 2.seconds
    }

    private companion object {
        const val SINGLE = 3
        const val KEYS = 16
        const val BATCH = 20
        val PAUSE = 10.milliseconds
    }
}
