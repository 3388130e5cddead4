package dev.midge.nats.internal.client

import dev.midge.nats.Subject
import dev.midge.nats.deferredIsAtomic
import dev.midge.nats.modelCheck
import io.kotest.core.spec.style.FunSpec
import org.jetbrains.lincheck.datastructures.Operation
import org.jetbrains.lincheck.datastructures.forClasses
import kotlin.time.Duration.Companion.seconds

/** Two callers with one request after the other, and a drain that waits for the last one. */
class PendingRequestsOperations {
    private val pending = PendingRequests()
    private var first = 0L
    private var second = 0L

    @Operation(nonParallelGroup = "first")
    fun beginFirst() {
        if (first == 0L) first = pending.add(sink)
    }

    @Operation(nonParallelGroup = "first")
    fun endFirst() {
        pending.remove(first)
        first = 0
    }

    @Operation(nonParallelGroup = "second")
    fun beginSecond() {
        if (second == 0L) second = pending.add(sink)
    }

    @Operation(nonParallelGroup = "second")
    fun endSecond() {
        pending.remove(second)
        second = 0
    }

    @Operation(runOnce = true, cancellableOnSuspension = false)
    suspend fun awaitNone(): Unit = pending.awaitNone()

    private companion object {
        val sink = SingleReply(Subject("s"), 1.seconds)
    }
}

class PendingRequestsLincheckSpec :
    FunSpec({
        modelCheck("whoever waits for the last request misses no end", PendingRequestsOperations::class) {
            deferredIsAtomic()
            addGuarantee(forClasses("java.util.concurrent.ConcurrentHashMap").allMethods().treatAsAtomic())
            threads(3).actorsPerThread(2)
            addCustomScenario {
                initial {
                    actor(PendingRequestsOperations::beginFirst)
                    actor(PendingRequestsOperations::beginSecond)
                }
                parallel {
                    thread { actor(PendingRequestsOperations::endFirst) }
                    thread { actor(PendingRequestsOperations::endSecond) }
                    thread { actor(PendingRequestsOperations::awaitNone) }
                }
            }
        }
    })
