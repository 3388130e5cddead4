package dev.midge.nats.java.internal

import dev.midge.nats.InternalNatsApi
import dev.midge.nats.internal.client.Handling
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.EmptyCoroutineContext

/** Whose handler this thread runs: blocking calls made by it bring that along, so that the core refuses those that would wait for it. */
@OptIn(InternalNatsApi::class)
internal object HandlerThread {
    private val handlings = ThreadLocal<CoroutineContext>()

    fun current(): CoroutineContext = handlings.get() ?: EmptyCoroutineContext

    /** Returns what [leave] takes. */
    @JvmStatic
    fun enter(context: CoroutineContext): CoroutineContext? = handlings.get().also { handlings.set(context[Handling]) }

    @JvmStatic
    fun leave(before: CoroutineContext?): Unit = if (before == null) handlings.remove() else handlings.set(before)
}
