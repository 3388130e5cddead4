package dev.midge.nats.internal.connection

import dev.midge.nats.InternalNatsApi
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExperimentalForInheritanceCoroutinesApi
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.flow.FlowCollector
import kotlinx.coroutines.flow.SharedFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.withContext
import kotlin.coroutines.ContinuationInterceptor
import kotlin.coroutines.CoroutineContext

/**
 * Marks an interceptor that goes on wherever it is woken, on purpose: its callers run a few lines there and nothing of a user's.
 */
@InternalNatsApi
public interface GoesOnInPlace : ContinuationInterceptor

/**
 * Runs [block], which waits for one of the connection's own coroutines, so that these can never end up running the caller's code.
 *
 * A caller that needs no dispatch, because it has no dispatcher (`suspend fun main`) or one such as `Dispatchers.Unconfined`, would go on in the
 * very call that wakes it: on the thread that reads the socket, say. Such callers go on in `Dispatchers.Default`; all others pay for one
 * look at their context.
 */
internal suspend inline fun <T> offReader(crossinline block: suspend () -> T): T =
    if (goesOnWhereWoken(currentCoroutineContext())) withContext(Dispatchers.Default) { block() } else block()

/**
 * `Dispatchers.Main.immediate` is taken for such a one while it is on its thread, which costs a hand-over and no more. Of an interceptor that is no
 * dispatcher nobody knows what it does.
 */
internal fun goesOnWhereWoken(context: CoroutineContext): Boolean = when (val interceptor = context[ContinuationInterceptor]) {
    is CoroutineDispatcher -> !interceptor.isDispatchNeeded(context)
    is GoesOnInPlace -> false
    else -> true
}

/** [source], collected [offReader]. */
@OptIn(ExperimentalForInheritanceCoroutinesApi::class)
internal class OffReaderStateFlow<T>(private val source: StateFlow<T>) : StateFlow<T> by source {
    override suspend fun collect(collector: FlowCollector<T>): Nothing = offReader { source.collect(collector) }
}

/** [source], collected [offReader]. */
@OptIn(ExperimentalForInheritanceCoroutinesApi::class)
internal class OffReaderSharedFlow<T>(private val source: SharedFlow<T>) : SharedFlow<T> by source {
    override suspend fun collect(collector: FlowCollector<T>): Nothing = offReader { source.collect(collector) }
}
