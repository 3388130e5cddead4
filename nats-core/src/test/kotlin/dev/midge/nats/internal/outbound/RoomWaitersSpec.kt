package dev.midge.nats.internal.outbound

import io.kotest.assertions.throwables.shouldThrowAny
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import java.util.concurrent.atomic.AtomicLong
import kotlin.coroutines.CoroutineContext
import kotlin.time.Duration.Companion.seconds

private const val CAPACITY = 100

/** Keeps tasks until the test runs them. */
private class Held : CoroutineDispatcher() {
    private val tasks = ArrayDeque<Runnable>()

    override fun dispatch(context: CoroutineContext, block: Runnable) {
        tasks += block
    }

    fun runAll() {
        while (tasks.isNotEmpty()) tasks.removeFirst().run()
    }
}

/** As a user's dispatcher that was shut down. */
private object Refusing : CoroutineDispatcher() {
    override fun dispatch(context: CoroutineContext, block: Runnable): Unit = error("shut down")
}

/** A full buffer whose writer is the test, and who waits for room in it. */
private class Full {
    private val held = Held()
    private val scope = CoroutineScope(held)
    val buffer = OutboundBuffer(CAPACITY, Dispatchers.Default)
    private val lane = buffer.link { null }

    /** In the order in which they went on. */
    val wentOn = ArrayList<Int>()

    init {
        append(CAPACITY)
    }

    fun append(size: Int): Boolean = buffer.appendMessages(size) { it.put(ByteArray(size)) }

    fun waiter(number: Int, size: Int): Job = scope.launch(start = CoroutineStart.UNDISPATCHED) {
        buffer.awaitRoom(size)
        wentOn += number
    }

    suspend fun write() {
        val batch = checkNotNull(buffer.take(lane))
        buffer.written(lane, batch, batch.bytes.remaining())
    }

    /** Writes what there is, when [size] bytes more have come into the next batch. */
    suspend fun writeLeaving(size: Int) {
        val batch = checkNotNull(buffer.take(lane))
        append(size) shouldBe true
        buffer.written(lane, batch, batch.bytes.remaining())
    }

    fun goOn() = held.runAll()
}

class RoomWaitersSpec :
    FunSpec({
        test("one whose dispatcher throws keeps nobody else from going on") {
            val full = Full()
            full.waiter(0, size = 20)
            CoroutineScope(Refusing).launch(start = CoroutineStart.UNDISPATCHED) { full.buffer.awaitRoom(20) }
            repeat(2) { full.waiter(1 + it, size = 20) }
            shouldThrowAny { full.write() }
            full.goOn()
            full.wentOn shouldContainExactly listOf(0, 1, 2)
        }

        test("one that needs more than half goes on although others never let the buffer run empty") {
            val full = Full()
            repeat(2) { full.waiter(it, size = 60) }
            full.write()
            full.goOn()
            full.wentOn shouldContainExactly listOf(0)
            full.append(10) shouldBe true
            // Something is always left to be written, and never as much as half.
            repeat(6) {
                full.append(10) shouldBe true
                full.writeLeaving(10)
                full.goOn()
            }
            full.wentOn shouldContainExactly listOf(0, 1)
        }

        test("as many go on as fit, those first who waited longest") {
            val full = Full()
            repeat(12) { full.waiter(it, size = 20) }
            full.write()
            full.goOn()
            full.wentOn shouldContainExactly listOf(0, 1, 2, 3, 4)
            repeat(5) { full.append(20) shouldBe true }
            full.write()
            full.goOn()
            full.wentOn shouldContainExactly (0..9).toList()
            full.append(1) shouldBe true
            full.write()
            full.goOn()
            full.wentOn shouldContainExactly (0..11).toList()
        }

        test("one that is larger than all the room goes on when it is the first") {
            val full = Full()
            full.waiter(1, size = 30)
            full.waiter(2, size = 3 * CAPACITY)
            full.waiter(3, size = 10)
            full.write()
            full.goOn()
            full.wentOn shouldContainExactly listOf(1)
            full.append(30)
            full.write()
            full.goOn()
            full.wentOn shouldContainExactly listOf(1, 2)
        }

        test("one that is cancelled while it waits is forgotten, wherever it stands") {
            for (cancelled in 0..2) {
                val full = Full()
                val waiters = List(3) { full.waiter(it, size = 40) }
                waiters[cancelled].cancel()
                full.goOn()
                full.write()
                full.goOn()
                full.wentOn shouldContainExactly (0..2) - cancelled
            }
        }

        test("one that is cancelled when it was to go on passes the room on, though nothing waits to be written any more") {
            val full = Full()
            val first = full.waiter(1, size = 80)
            full.waiter(2, size = 80)
            full.write()
            first.cancel()
            full.goOn()
            full.wentOn shouldContainExactly listOf(2)
        }

        test("so does one that gives up") {
            val full = Full()
            full.waiter(1, size = 80)
            full.waiter(2, size = 80)
            full.write()
            full.goOn()
            full.buffer.passOnRoom()
            full.goOn()
            full.wentOn shouldContainExactly listOf(1, 2)
        }

        test("stress: of many that wait, some of them cancelled at any moment, none waits for ever") {
            withContext(Dispatchers.Default) {
                val buffer = OutboundBuffer(1_000, Dispatchers.Default)
                val lane = buffer.link { null }
                val appended = AtomicLong()
                val writer = launch {
                    while (true) {
                        val batch = buffer.take(lane) ?: break
                        buffer.written(lane, batch, batch.bytes.remaining())
                    }
                }
                val publishers = List(2_000) { publisher ->
                    launch {
                        repeat(50) {
                            val size = 1 + (publisher * 7 + it) % 200
                            while (!buffer.appendMessages(size) { out -> out.put(ByteArray(size)) }) buffer.awaitRoom(size)
                            appended.incrementAndGet()
                        }
                    }
                }
                publishers.filterIndexed { i, _ -> i % 3 == 0 }.forEach { it.cancel() }
                withTimeout(60.seconds) { publishers.joinAll() }
                buffer.close()
                writer.join()
                (buffer.counters.messages >= appended.get()) shouldBe true
                buffer.counters.pendingBytes shouldBe 0
            }
        }
    })
