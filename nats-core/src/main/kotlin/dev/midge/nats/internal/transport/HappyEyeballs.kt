package dev.midge.nats.internal.transport

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.launch
import kotlinx.coroutines.selects.select
import kotlinx.coroutines.withTimeoutOrNull
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/**
 * Connects to the first of several addresses of one host that answers (RFC 8305): the next address is tried when the one before has failed,
 * or has not answered for [stagger].
 */
internal class HappyEyeballs<A, C : Any>(
    private val connect: suspend (A) -> C,
    private val discard: suspend (C) -> Unit,
    private val stagger: Duration = STAGGER,
) {
    /** Returns the one connection that is kept; all others are discarded. Throws the failure of the last address if none answers. */
    suspend fun race(addresses: List<A>): C {
        val winner = CompletableDeferred<C>()
        var returned = false
        try {
            return coroutineScope { race(addresses, winner) }.also { returned = true }
        } finally {
            // The caller gave up at the moment of success.
            if (!returned && winner.isCompleted) discard(winner.await())
        }
    }

    private suspend fun CoroutineScope.race(addresses: List<A>, winner: CompletableDeferred<C>): C {
        val running = ArrayList<Job>()
        val failures = ArrayList<Exception>()
        for (address in addresses) {
            val attempt = launch { attempt(address, winner, failures) }
            running += attempt
            withTimeoutOrNull(stagger) {
                select {
                    winner.onAwait {}
                    attempt.onJoin {}
                }
            }
            if (winner.isCompleted) break
        }
        // The winner completes before its attempt does.
        while (!winner.isCompleted) {
            val waiting = running.filter { it.isActive }.ifEmpty { break }
            select {
                winner.onAwait {}
                waiting.forEach { it.onJoin {} }
            }
        }
        running.forEach { it.cancel() }
        if (!winner.isCompleted) throw failures.last()
        return winner.await()
    }

    private suspend fun attempt(address: A, winner: CompletableDeferred<C>, failures: MutableList<Exception>) {
        try {
            val connection = connect(address)
            if (!winner.complete(connection)) discard(connection)
        } catch (e: Exception) {
            // Of this attempt alone, unless it is cancelled: an address may also be of a kind that this machine does not know.
            currentCoroutineContext().ensureActive()
            synchronized(failures) { failures += e }
        }
    }

    private companion object {
        /** The connection attempt delay that RFC 8305 recommends. */
        val STAGGER = 250.milliseconds
    }
}

/** [addresses] with the families taking turns, as RFC 8305 has it: a network without IPv6, or without IPv4, costs one attempt. */
internal fun <A> alternating(addresses: List<A>, isFirstFamily: (A) -> Boolean): List<A> {
    val (first, second) = addresses.partition(isFirstFamily)
    return (0 until maxOf(first.size, second.size)).flatMap { listOfNotNull(first.getOrNull(it), second.getOrNull(it)) }
}
