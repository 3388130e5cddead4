package dev.midge.nats.internal.client

import dev.midge.nats.ReplySink
import dev.midge.nats.Subject
import dev.midge.nats.modelCheck
import io.kotest.core.spec.style.FunSpec
import org.jetbrains.lincheck.datastructures.Operation
import org.jetbrains.lincheck.datastructures.forClasses
import kotlin.time.Duration.Companion.seconds

/** Three requests that share one slot, or two after the ring has grown; each is ended by its caller and by the reader. */
class RequestRingOperations {
    private val pending = PendingRequests(slots = 1, mostSlots = 2)

    @Volatile
    private var first = 0L

    @Volatile
    private var second = 0L

    @Volatile
    private var third = 0L

    @Operation(runOnce = true)
    fun beginFirst() {
        first = pending.add(SINKS[0])
    }

    @Operation(runOnce = true)
    fun beginSecond() {
        second = pending.add(SINKS[1])
    }

    @Operation(runOnce = true)
    fun beginThird() {
        third = pending.add(SINKS[2])
    }

    @Operation
    fun endFirst(): String = name(pending.remove(first))

    @Operation
    fun endSecond(): String = name(pending.remove(second))

    @Operation
    fun endThird(): String = name(pending.remove(third))

    @Operation
    fun seeFirst(): String = name(pending[first])

    @Operation
    fun seeSecond(): String = name(pending[second])

    private fun name(sink: ReplySink?): String = sink?.subject?.value ?: "nobody"

    private companion object {
        val SINKS = listOf("first", "second", "third").map { SingleReply(Subject(it), 1.seconds) }
    }
}

class RequestRingLincheckSpec :
    FunSpec({
        modelCheck("a token finds its own request, once, whoever uses its slot before or after", RequestRingOperations::class) {
            iterations(30)
            invocationsPerIteration(1_000)
            addGuarantee(forClasses("java.util.concurrent.ConcurrentHashMap").allMethods().treatAsAtomic())
            threads(3).actorsPerThread(2)
            // One reads while the slot is emptied and used again.
            addCustomScenario {
                initial { actor(RequestRingOperations::beginFirst) }
                parallel {
                    thread { actor(RequestRingOperations::seeFirst) }
                    thread {
                        actor(RequestRingOperations::endFirst)
                        actor(RequestRingOperations::beginSecond)
                    }
                }
                post { actor(RequestRingOperations::endSecond) }
            }
            // Two end the same request.
            addCustomScenario {
                initial { actor(RequestRingOperations::beginFirst) }
                parallel {
                    thread { actor(RequestRingOperations::endFirst) }
                    thread { actor(RequestRingOperations::endFirst) }
                }
                post { actor(RequestRingOperations::beginSecond) }
            }
            // The ring grows while one of its requests ends.
            addCustomScenario {
                initial { actor(RequestRingOperations::beginFirst) }
                parallel {
                    thread { actor(RequestRingOperations::endFirst) }
                    thread { actor(RequestRingOperations::beginSecond) }
                    thread { actor(RequestRingOperations::beginThird) }
                }
                post {
                    actor(RequestRingOperations::endSecond)
                    actor(RequestRingOperations::endThird)
                }
            }
        }
    })
