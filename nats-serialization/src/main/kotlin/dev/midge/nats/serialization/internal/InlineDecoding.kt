package dev.midge.nats.serialization.internal

import dev.midge.nats.BorrowedMessage
import dev.midge.nats.Subscription
import dev.midge.nats.serialization.UndecodableMessageException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch

/** Hands the values of one subscription to [handler], where they were read. Messages come one after the other. */
internal class InlineDecoding<T>(private val decoding: Decoding<T>, private val handler: (T, BorrowedMessage) -> Unit) {
    /** Messages may come before `subscribe` has returned. */
    private val subscription = CompletableDeferred<Subscription>()
    private var failed = false

    fun handles(subscription: Subscription) {
        this.subscription.complete(subscription)
    }

    fun handle(message: BorrowedMessage) {
        if (failed) return
        val value = try {
            decoding.decode(message)
        } catch (e: UndecodableMessageException) {
            return refuse(e)
        }
        handler(value, message)
    }

    private fun refuse(failure: UndecodableMessageException) {
        try {
            decoding.refuse(failure)
        } catch (e: UndecodableMessageException) {
            failed = true
            // The reader cannot wait for that.
            CoroutineScope(Dispatchers.Default).launch { subscription.await().unsubscribe() }
            throw e
        }
    }
}
