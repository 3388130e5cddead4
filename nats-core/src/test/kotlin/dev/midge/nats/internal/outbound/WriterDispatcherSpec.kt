package dev.midge.nats.internal.outbound

import dev.midge.nats.internal.transport.Transport
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldNotContain
import io.kotest.matchers.shouldBe
import io.ktor.utils.io.ByteReadChannel
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeout
import kotlinx.io.IOException
import java.nio.ByteBuffer
import java.util.Collections
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/** Remembers what was written and by which thread. [beforeWrite] is told how many writes there have been. */
private class RecordingTransport(private val beforeWrite: suspend (Int) -> Unit) : Transport {
    val writes: MutableList<String> = Collections.synchronizedList(ArrayList())
    val threads: MutableList<Thread> = Collections.synchronizedList(ArrayList())
    override val input: ByteReadChannel = ByteReadChannel.Empty

    override suspend fun write(bytes: ByteBuffer) {
        threads += Thread.currentThread()
        beforeWrite(writes.size)
        writes += ByteArray(bytes.remaining()).also(bytes::get).decodeToString()
    }

    override suspend fun close() = Unit
}

/** A buffer whose writer waits for its first frame. */
private class Writing(beforeWrite: suspend (Int) -> Unit = {}) : AutoCloseable {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)
    private val buffer = OutboundBuffer(1_000_000, Dispatchers.Default)
    private val lane = buffer.link { null }
    val transport = RecordingTransport(beforeWrite)

    /** Undispatched, so that it waits before anything is appended. */
    val writer: Job = scope.launch(lane.dispatcher, CoroutineStart.UNDISPATCHED) {
        try {
            WriterLoop(buffer, lane, transport).run()
        } catch (_: IOException) {
            // What the connection is told; here the end of the writer is enough.
        }
    }

    fun append(text: String, inPlace: Boolean): Boolean =
        buffer.appendMessages(text.length, inPlace = inPlace) { it.put(text.encodeToByteArray()) }

    suspend fun awaitWrites(count: Int) = withTimeout(10.seconds) {
        while (transport.writes.size < count) delay(1.milliseconds)
    }

    override fun close() = scope.cancel()
}

class WriterDispatcherSpec :
    FunSpec({
        test("a caller that waits for an answer finds its frame written when the call returns, by its own thread") {
            Writing().use {
                for (i in 0 until 100) it.append("$i", inPlace = true) shouldBe true
                it.transport.writes shouldContainExactly List(100) { i -> "$i" }
                it.transport.threads.toSet() shouldContainExactly setOf(Thread.currentThread())
                // The same thread may wait no longer the next time.
                it.append("100", inPlace = false)
                it.awaitWrites(101)
            }
        }

        test("any other caller leaves it to the writer's own threads") {
            Writing().use {
                val caller = Thread.currentThread()
                it.append("a", inPlace = false)
                it.awaitWrites(1)
                it.transport.threads shouldNotContain caller
            }
        }

        test("so does a virtual thread, which may lose its carrier in the middle").config(enabled = Runtime.version().feature() >= 21) {
            Writing().use {
                val start = Thread::class.java.getMethod("startVirtualThread", Runnable::class.java)
                val caller = start.invoke(null, Runnable { it.append("a", inPlace = true) }) as Thread
                it.awaitWrites(1)
                it.transport.threads shouldNotContain caller
            }
        }

        test("a large frame is left to them as well") {
            Writing().use {
                val caller = Thread.currentThread()
                it.append("x".repeat(OutboundBuffer.LARGEST_IN_PLACE + 1), inPlace = true)
                it.awaitWrites(1)
                it.transport.threads shouldNotContain caller
            }
        }

        test("frames of others that came meanwhile are not written by the caller, which does not wait for them") {
            val returned = CountDownLatch(1)
            lateinit var writing: Writing
            writing = Writing { written ->
                when (written) {
                    0 -> thread { writing.append("other", inPlace = false) }.join()
                    1 -> check(returned.await(10, TimeUnit.SECONDS)) { "the caller waits" }
                }
            }
            writing.use {
                val caller = Thread.currentThread()
                it.append("own", inPlace = true)
                returned.countDown()
                it.awaitWrites(2)
                it.transport.writes shouldContainExactly listOf("own", "other")
                it.transport.threads.first() shouldBe caller
            }
        }

        test("a caller does not wait for a socket that takes nothing: the writer goes on elsewhere") {
            val room = CompletableDeferred<Unit>()
            val writing = Writing { written -> if (written == 0) room.await() }
            writing.use {
                it.append("a", inPlace = true) shouldBe true
                it.append("b", inPlace = true) shouldBe true
                it.transport.writes.size shouldBe 0
                room.complete(Unit)
                it.awaitWrites(2)
                it.transport.writes shouldContainExactly listOf("a", "b")
            }
        }

        test("a socket that fails is not the caller's failure") {
            Writing { throw IOException("broken") }.use {
                it.append("a", inPlace = true) shouldBe true
                it.writer.join()
                // What comes after waits for the next link.
                it.append("b", inPlace = true) shouldBe true
                it.transport.writes.size shouldBe 0
            }
        }
    })
