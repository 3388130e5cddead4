package dev.midge.nats.promises

import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsMessage
import dev.midge.nats.Subject
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.isActive
import kotlinx.coroutines.launch
import kotlinx.coroutines.yield
import java.util.concurrent.atomic.AtomicIntegerArray

/** Coroutines that publish numbered messages, each its own sequence from 0 on, all frames of one size. */
class NumberedPublishers(private val subject: String, private val count: Int, payloadSize: Int = 100) {
    private val template = ByteArray(payloadSize)
    private val next = AtomicIntegerArray(count)
    private val jobs = ArrayList<Job>()

    /** The bytes of one frame. */
    val frameSize: Int = "PUB $subject $payloadSize\r\n\r\n".length + payloadSize

    /** How many messages of each coroutine were accepted. */
    fun accepted(): List<Int> = List(count, next::get)

    fun start(scope: CoroutineScope, nats: NatsConnection) {
        val wire = Subject(subject)
        repeat(count) { coroutine ->
            jobs += scope.launch {
                while (isActive) {
                    nats.publish(wire, payload(coroutine, next.get(coroutine)))
                    next.incrementAndGet(coroutine)
                    yield()
                }
            }
        }
    }

    /** Ends them; a message that was being published is then accepted or not, and counted accordingly only if it was. */
    suspend fun stop() {
        jobs.forEach { it.cancel() }
        jobs.forEach { it.join() }
    }

    private fun payload(coroutine: Int, number: Int): ByteArray {
        val head = "$coroutine $number ".encodeToByteArray()
        return template.copyOf().also { head.copyInto(it) }
    }
}

/** What arrived of [NumberedPublishers]; written by one coroutine or inline handler. */
class NumberedReceiver(count: Int) {
    class Gap(val coroutine: Int, val first: Int, val end: Int) {
        val size: Int get() = end - first

        override fun toString(): String = "coroutine $coroutine: $first until $end"
    }

    private val expected = AtomicIntegerArray(count)
    private val missing = ArrayList<Gap>()

    @Volatile
    var inversions = 0
        private set

    @Volatile
    var received = 0
        private set

    /** Numbers that have not arrived although later ones have. */
    val gaps: List<Gap> get() = synchronized(missing) { missing.toList() }

    val lost: Int get() = gaps.sumOf { it.size }

    /** The number that would be the next of each coroutine. */
    fun next(): List<Int> = List(expected.length(), expected::get)

    fun onMessage(message: NatsMessage) {
        val (coroutine, number) = message.text().split(' ', limit = 3).let { it[0].toInt() to it[1].toInt() }
        val due = expected.get(coroutine)
        // A duplicate is one too.
        if (number < due) inversions++
        if (number > due) synchronized(missing) { missing += Gap(coroutine, due, number) }
        if (number >= due) expected.set(coroutine, number + 1)
        received++
    }
}
