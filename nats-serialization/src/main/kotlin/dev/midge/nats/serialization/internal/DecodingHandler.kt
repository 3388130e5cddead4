package dev.midge.nats.serialization.internal

import dev.midge.nats.NatsMessage
import dev.midge.nats.Subscription
import dev.midge.nats.serialization.TypedMessage
import dev.midge.nats.serialization.UndecodableMessageException
import kotlinx.coroutines.CompletableDeferred

/** Hands the messages of one subscription, as far as they decode, to [handler]. Messages come one after the other. */
internal class DecodingHandler<T>(private val decoding: Decoding<T>, private val handler: suspend (TypedMessage<T>) -> Unit) {
    /** Messages may come before `subscribe` has returned. */
    private val subscription = CompletableDeferred<Subscription>()
    private var failed = false

    fun handles(subscription: Subscription) {
        this.subscription.complete(subscription)
    }

    suspend fun handle(message: NatsMessage) {
        if (failed) return
        val typed = try {
            decoding.decode(message)
        } catch (e: UndecodableMessageException) {
            failed = true
            subscription.await().unsubscribe()
            throw e
        }
        if (typed != null) handler(typed)
    }
}
