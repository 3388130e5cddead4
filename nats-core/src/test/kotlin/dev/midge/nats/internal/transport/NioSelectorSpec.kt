package dev.midge.nats.internal.transport

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.comparables.shouldBeLessThan
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldStartWith
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeout
import java.lang.management.ManagementFactory
import java.nio.ByteBuffer
import java.nio.channels.ClosedChannelException
import java.nio.channels.Pipe
import java.nio.channels.SelectionKey
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.nanoseconds
import kotlin.time.Duration.Companion.seconds

private fun byte() = ByteBuffer.wrap(byteArrayOf(1))

/** A pipe whose source waits by a selector of its own. */
private class Waiting(name: String = "selector-test") : AutoCloseable {
    val selector = NioSelector(name).start()
    val pipe: Pipe = Pipe.open().apply { source().configureBlocking(false) }
    val readiness = selector.readiness(pipe.source())

    override fun close() {
        pipe.source().close()
        pipe.sink().close()
        readiness.close()
        selector.close()
    }
}

private fun cpuOf(name: String): Duration {
    val thread = Thread.getAllStackTraces().keys.single { it.name == name }
    return ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.id).nanoseconds
}

/** Readers that go on in place, in the selector's thread. */
private fun CoroutineScope.unconfined(block: suspend CoroutineScope.() -> Unit) =
    launch(Dispatchers.Unconfined, CoroutineStart.UNDISPATCHED, block)

class NioSelectorSpec :
    FunSpec({
        test("who waits goes on in the selector's thread, as often as there is something to read") {
            Waiting().use { waiting ->
                val woken = List(3) { CompletableDeferred<String>() }
                val reader = unconfined {
                    for (one in woken) {
                        waiting.readiness.await(SelectionKey.OP_READ)
                        waiting.pipe.source().read(ByteBuffer.allocate(1))
                        one.complete(Thread.currentThread().name)
                    }
                }
                for (one in woken) {
                    waiting.pipe.sink().write(byte())
                    withTimeout(5.seconds) { one.await() } shouldStartWith "selector-test"
                }
                reader.join()
            }
        }

        test("what was there before the wait wakes too") {
            Waiting().use { waiting ->
                waiting.pipe.sink().write(byte())
                withTimeout(5.seconds) { waiting.readiness.await(SelectionKey.OP_READ) }
            }
        }

        test("closing fails who waits, and who comes later") {
            Waiting().use { waiting ->
                val reader = async(start = CoroutineStart.UNDISPATCHED) {
                    shouldThrow<ClosedChannelException> { waiting.readiness.await(SelectionKey.OP_READ) }
                }
                waiting.pipe.source().close()
                waiting.readiness.close()
                withTimeout(5.seconds) { reader.await() }
                shouldThrow<ClosedChannelException> { waiting.readiness.await(SelectionKey.OP_READ) }
            }
        }

        test("the end of the selector fails who waits") {
            Waiting().use { waiting ->
                val reader = async(start = CoroutineStart.UNDISPATCHED) {
                    shouldThrow<ClosedChannelException> { waiting.readiness.await(SelectionKey.OP_READ) }
                }
                waiting.selector.close()
                withTimeout(5.seconds) { reader.await() }
            }
        }

        test("a wait that was cancelled takes nothing from the next one") {
            Waiting().use { waiting ->
                unconfined { waiting.readiness.await(SelectionKey.OP_READ) }.cancelAndJoin()
                waiting.pipe.sink().write(byte())
                withTimeout(5.seconds) { waiting.readiness.await(SelectionKey.OP_READ) }
            }
        }

        test("a thread that was interrupted, or has a channel to read that nobody waits for, sleeps on") {
            Waiting("interrupted").use { waiting ->
                unconfined {
                    waiting.readiness.await(SelectionKey.OP_READ)
                    Thread.currentThread().interrupt()
                }
                // Its byte stays unread.
                waiting.pipe.sink().write(byte())
                delay(200)
                val sleptBefore = sleepsOf("interrupted")
                val cpuBefore = cpuOf("interrupted")
                delay(1000)
                sleepsOf("interrupted") shouldBe sleptBefore
                (cpuOf("interrupted") - cpuBefore) shouldBeLessThan 10.milliseconds
                withTimeout(5.seconds) { waiting.readiness.await(SelectionKey.OP_READ) }
            }
        }
    })
