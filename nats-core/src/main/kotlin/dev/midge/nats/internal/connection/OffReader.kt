package dev.midge.nats.internal.connection

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExperimentalForInheritanceCoroutinesApi
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.flow.FlowCollector
import kotlinx.coroutines.flow.SharedFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.withContext
import kotlin.coroutines.ContinuationInterceptor

/**
 * Runs [block], which waits for one of the connection's own coroutines, so that these can never end up running the caller's code.
 *
 * A caller without a dispatcher (`suspend fun main`) or on `Dispatchers.Unconfined` would go on in the very call that wakes it: on the
 * thread that reads the socket, say. Such callers go on in `Dispatchers.Default`; all others pay for one look at their context.
 */
internal suspend inline fun <T> offReader(crossinline block: suspend () -> T): T {
    val interceptor = currentCoroutineContext()[ContinuationInterceptor]
    val hijacks = interceptor == null || interceptor === Dispatchers.Unconfined
    return if (hijacks) withContext(Dispatchers.Default) { block() } else block()
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
