package dev.midge.nats.internal.client

import dev.midge.nats.InternalNatsApi
import dev.midge.nats.Subscription
import dev.midge.nats.internal.connection.ConnectionSupervisor
import kotlinx.coroutines.currentCoroutineContext
import kotlin.coroutines.AbstractCoroutineContextElement
import kotlin.coroutines.CoroutineContext

/** In the context of a handler: the subscription whose messages it handles. */
@InternalNatsApi
public class Handling internal constructor(internal val subscription: CoreSubscription) : AbstractCoroutineContextElement(Handling) {
    /** Where it stands in the context. */
    public companion object Key : CoroutineContext.Key<Handling>
}

/** @throws IllegalStateException if the caller is a handler of one of [parts]: a drain of [drained] would wait for itself. */
internal suspend fun requireNotHandling(drained: Subscription, parts: List<Subscription>) {
    val handling = currentCoroutineContext()[Handling] ?: return
    check(parts.none { it === handling.subscription }) {
        "drain() of $drained was called by its own handler and would wait for itself; unsubscribe() instead, or drain in another scope"
    }
}

/** @throws IllegalStateException if the caller is a handler of one of [connections]: a drain of them would wait for itself. */
internal suspend fun requireNoHandlerOf(connections: List<ConnectionSupervisor>) {
    val handling = currentCoroutineContext()[Handling] ?: return
    check(connections.none { it === handling.subscription.supervisor }) {
        "drain() was called by a handler of ${handling.subscription} and would wait for itself; close() instead, or drain in another scope"
    }
}
