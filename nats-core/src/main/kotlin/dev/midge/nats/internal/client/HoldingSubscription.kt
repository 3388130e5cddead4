package dev.midge.nats.internal.client

import kotlinx.coroutines.Job

/** A subscription that may hold the reader of its connection. */
internal interface HoldingSubscription {
    /** Completes when it does so for the first time: messages have come, and no PONG will before they are collected. */
    val readerHeld: Job
}
