package dev.midge.nats.internal.client

import java.util.concurrent.atomic.AtomicLong

/** Gives each subscription of this program a number of its own. */
internal object SubscriptionIds {
    private val last = AtomicLong()

    fun next(): Long = last.incrementAndGet()
}
