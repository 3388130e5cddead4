package dev.midge.nats.internal.hooks

import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.async
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.runInterruptible

/**
 * Runs [block] in [dispatcher]: a function of the user's that an attempt to connect calls. It is cancelled with the caller, which does not
 * wait for one that does not listen.
 */
internal suspend fun <T> apart(dispatcher: CoroutineDispatcher, block: suspend () -> T): T {
    val result = CoroutineScope(dispatcher).async { block() }
    try {
        return result.await()
    } finally {
        result.cancel()
    }
}

/**
 * As [apart]. A cancellation that is not the caller's own, as of an executor that was shut down, is a failure like any other: it would look
 * as if the caller had been cancelled.
 */
internal suspend fun <T> apartUncancelled(dispatcher: CoroutineDispatcher, block: suspend () -> T): T = try {
    apart(dispatcher, block)
} catch (e: CancellationException) {
    currentCoroutineContext().ensureActive()
    throw IllegalStateException("a function that the options name was cancelled, or the executor does not run it", e)
}

/** What [function] of Java's returns. It may block its thread, and cancelling the caller interrupts that thread. */
internal suspend fun <T : Any> blocking(function: () -> T?): T =
    runInterruptible { function() } ?: throw NullPointerException("a function that the options name has returned null")
