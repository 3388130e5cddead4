package dev.midge.nats.internal.client

import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.ReplySink
import dev.midge.nats.Subject
import dev.midge.nats.modelCheck
import io.kotest.core.spec.style.FunSpec
import org.jetbrains.lincheck.datastructures.Operation
import org.jetbrains.lincheck.datastructures.forClasses

/** A request that only counts that it was ended. */
private class Ended(override val deadline: Long) : ReplySink {
    override val subject: Subject = SUBJECT
    var isEnded = false

    override fun onReply(message: NatsMessage, status: Int) = Unit

    override fun onFailure(cause: NatsException) = Unit

    override fun onTimeout() {
        isEnded = true
    }

    private companion object {
        val SUBJECT = Subject("s")
    }
}

/** Two callers with a request each, and the timer, which looks only when it was told to. */
class RequestDeadlinesOperations {
    private val start = System.nanoTime()
    private val waiting = PendingRequests()
    private val deadlines = RequestDeadlines(waiting)
    private val sooner = Ended(start + 1)
    private val later = Ended(start + 2)
    private var looksAt = start + 1

    @Volatile
    private var isWoken = false

    @Operation(runOnce = true)
    fun requestSooner() = request(sooner)

    @Operation(runOnce = true)
    fun requestLater() = request(later)

    private fun request(sink: ReplySink) {
        if (deadlines.watch(waiting.add(sink), sink)) isWoken = true
    }

    @Operation(nonParallelGroup = "timer")
    fun look() {
        looksAt = deadlines.endDue(looksAt)
    }

    /** Whether both have ended once the timer has looked whenever it was to look: after the others, so there is one answer. */
    @Operation
    fun allEnd(): Boolean {
        // Nothing is due yet: it is told when to look.
        if (isWoken) looksAt = deadlines.endDue(start)
        while (looksAt - start < NEVER) look()
        return sooner.isEnded && later.isEnded
    }

    private companion object {
        const val NEVER = Long.MAX_VALUE / 4
    }
}

class RequestDeadlinesLincheckSpec :
    FunSpec({
        modelCheck("no deadline is missed, whenever the timer looks", RequestDeadlinesOperations::class) {
            iterations(0)
            invocationsPerIteration(100)
            // What the library does within a step is no part of what is looked into.
            addGuarantee(
                forClasses(
                    "java.util.concurrent.ConcurrentHashMap",
                    "java.util.concurrent.ConcurrentLinkedQueue",
                ).allMethods().treatAsAtomic(),
            )
            threads(3).actorsPerThread(2)
            addCustomScenario {
                initial { actor(RequestDeadlinesOperations::requestSooner) }
                parallel {
                    thread { actor(RequestDeadlinesOperations::requestLater) }
                    thread { actor(RequestDeadlinesOperations::look) }
                }
                post { actor(RequestDeadlinesOperations::allEnd) }
            }
            addCustomScenario {
                parallel {
                    thread { actor(RequestDeadlinesOperations::requestSooner) }
                    thread { actor(RequestDeadlinesOperations::requestLater) }
                    thread {
                        actor(RequestDeadlinesOperations::look)
                        actor(RequestDeadlinesOperations::look)
                    }
                }
                post { actor(RequestDeadlinesOperations::allEnd) }
            }
        }
    })
