package dev.midge.nats.services.internal

import kotlin.coroutines.AbstractCoroutineContextElement
import kotlin.coroutines.CoroutineContext

/** In the context of a handler: the service whose requests it handles. */
internal class Serving(val run: ServiceRun) : AbstractCoroutineContextElement(Serving) {
    companion object Key : CoroutineContext.Key<Serving>
}
