package dev.midge.nats.jetstream.internal.publish

import dev.midge.nats.InternalNatsApi
import dev.midge.nats.jetstream.chaos.chaos
import io.kotest.core.spec.style.FunSpec
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Runnable
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions
import org.jetbrains.lincheck.datastructures.Operation
import org.jetbrains.lincheck.datastructures.forClasses
import kotlin.coroutines.Continuation
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.intrinsics.startCoroutineUninterceptedOrReturn
import kotlin.coroutines.intrinsics.suspendCoroutineUninterceptedOrReturn
import kotlin.time.Duration.Companion.minutes

/** Whoever is woken goes on where it is woken; a window would have others go on by a thread that nobody looks into. */
private object GoingOnAtOnce : CoroutineDispatcher() {
    override fun dispatch(context: CoroutineContext, block: Runnable): Unit = block.run()
}

/** A window of one slot, which publishers wait for, leave and give back. Giving back what nobody has fails, and changes nothing. */
@OptIn(InternalNatsApi::class)
class AckWindowOperations {
    private val window = AckWindow(1)

    /** Not cancelled: a slot that is granted to one that is being cancelled is passed on a moment later, see `AckWindowStressSpec`. */
    @Operation(cancellableOnSuspension = false)
    suspend fun acquire(): Unit = suspendCoroutineUninterceptedOrReturn { caller ->
        val waits: suspend () -> Unit = { window.acquire() }
        waits.startCoroutineUninterceptedOrReturn(Continuation(caller.context + GoingOnAtOnce, caller::resumeWith))
    }

    @Operation
    fun tryAcquire(): Boolean = window.tryAcquire()

    @Operation
    fun release(): Unit = window.release()
}

class AckWindowLincheckSpec :
    FunSpec({
        test("whatever publishers and acknowledgements do to the window at once, some order of theirs explains it")
            .config(timeout = if (chaos) 30.minutes else 4.minutes) {
                ModelCheckingOptions()
                    .iterations(if (chaos) 300 else 1)
                    .invocationsPerIteration(if (chaos) 5_000 else 200)
                    .threads(3)
                    .actorsBefore(0)
                    .actorsPerThread(2)
                    .actorsAfter(0)
                    // Guarded by the lock as a whole; what is in its file would take long to look through.
                    .addGuarantee(forClasses("kotlin.collections.ArrayDeque").allMethods().treatAsAtomic())
                    // One waits while the slot is given back and another one comes.
                    .addCustomScenario {
                        initial { actor(AckWindowOperations::tryAcquire) }
                        parallel {
                            thread { actor(AckWindowOperations::acquire) }
                            thread { actor(AckWindowOperations::release) }
                            thread { actor(AckWindowOperations::tryAcquire) }
                        }
                    }
                    // Two wait, and two slots are given back, one after the other.
                    .addCustomScenario {
                        initial { actor(AckWindowOperations::tryAcquire) }
                        parallel {
                            thread { actor(AckWindowOperations::acquire) }
                            thread { actor(AckWindowOperations::acquire) }
                            thread {
                                actor(AckWindowOperations::release)
                                actor(AckWindowOperations::release)
                            }
                        }
                    }
                    .check(AckWindowOperations::class)
            }
    })
