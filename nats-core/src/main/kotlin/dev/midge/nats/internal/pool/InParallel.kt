package dev.midge.nats.internal.pool

import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope

/**
 * Runs [action] for all elements at the same time, each to its end whatever becomes of the others, and returns how each ended.
 *
 * Each is begun in order, before this suspends for the first time.
 */
internal suspend fun <T, R> List<T>.inParallel(action: suspend (T) -> R): List<Result<R>> {
    if (size == 1) return listOf(caught { action(first()) })
    return coroutineScope { map { element -> async(start = CoroutineStart.UNDISPATCHED) { caught { action(element) } } }.awaitAll() }
}

private inline fun <R> caught(block: () -> R): Result<R> = try {
    Result.success(block())
} catch (e: CancellationException) {
    throw e
} catch (e: Exception) {
    Result.failure(e)
}

/** The values; throws the first failure if there is one. */
internal fun <R> List<Result<R>>.throwFirst(): List<R> = map { it.getOrThrow() }
