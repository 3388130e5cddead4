package dev.midge.nats.jetstream.internal.publish

import dev.midge.nats.jetstream.JetStreamOptions
import dev.midge.nats.jetstream.PublishOptions
import kotlin.time.Duration

/** How a message's acknowledgement is waited for: its options, and those of JetStream where it has none. */
internal class PublishTerms(options: PublishOptions, defaults: JetStreamOptions) {
    val timeout: Duration = options.timeout ?: defaults.timeout
    val retries: Int = options.retries ?: defaults.publishRetries
    val retryWait: Duration = options.retryWait ?: defaults.publishRetryWait
    val resendsAfterReconnect: Boolean = options.resendAfterReconnect
    val resendAfterSilence: Duration? = options.resendAfterSilence

    companion object {
        /** Whether [options] have terms of their own. */
        fun differ(options: PublishOptions): Boolean =
            options.timeout != null || options.retries != null || options.retryWait != null || options.resends
    }
}
