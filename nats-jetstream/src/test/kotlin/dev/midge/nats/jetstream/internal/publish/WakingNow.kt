package dev.midge.nats.jetstream.internal.publish

import dev.midge.nats.InternalNatsApi
import dev.midge.nats.WakeUps
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.CoroutineDispatcher
import java.util.concurrent.locks.LockSupport
import kotlin.coroutines.resume

/** Lets each go on at once. */
@OptIn(InternalNatsApi::class)
internal object WakingNow : WakeUps {
    override fun unpark(thread: Thread): Unit = LockSupport.unpark(thread)

    override fun <T : Any> resume(continuation: CancellableContinuation<T>, outcome: T): Unit = continuation.resume(outcome)

    override fun run(task: Runnable, dispatcher: CoroutineDispatcher): Unit = task.run()
}
