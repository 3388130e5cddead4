package dev.midge.nats.internal.transport

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch
import java.nio.channels.Pipe
import java.nio.channels.SelectionKey.OP_READ
import java.nio.channels.Selector
import java.util.concurrent.CyclicBarrier
import kotlin.concurrent.thread

private const val ROUNDS = 100_000

/** One who waits, and the selector's thread, each in a thread of its own: by Lincheck the JDK's selector cannot be looked at. */
class ReadinessStressSpec :
    FunSpec({
        test("who waits while the selector takes the interest back has it set, or has gone on") {
            val selector = Selector.open()
            val pipe = Pipe.open()
            pipe.source().configureBlocking(false)
            val key = pipe.source().register(selector, 0)
            val readiness = Readiness(NioSelector("never started"), key)
            val scope = CoroutineScope(Dispatchers.Unconfined)
            val together = CyclicBarrier(2)
            val ready = thread {
                repeat(ROUNDS) {
                    together.await()
                    readiness.ready(OP_READ)
                    together.await()
                }
            }
            var forgotten = 0
            var reader: Job? = null
            repeat(ROUNDS) {
                // As after a wake-up for which nobody waited.
                if (reader?.isCompleted != false) key.interestOps(OP_READ)
                together.await()
                if (reader?.isCompleted != false) {
                    reader = scope.launch(start = CoroutineStart.UNDISPATCHED) { readiness.await(OP_READ) }
                }
                together.await()
                if (reader?.isCompleted == false && key.interestOps() and OP_READ == 0) {
                    forgotten++
                    key.interestOps(OP_READ)
                }
            }
            ready.join()
            forgotten shouldBe 0
            scope.cancel()
            selector.close()
        }
    })
