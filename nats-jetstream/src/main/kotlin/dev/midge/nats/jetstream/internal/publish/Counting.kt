package dev.midge.nats.jetstream.internal.publish

import dev.midge.nats.jetstream.PublishOptions
import java.math.BigInteger

/** Messages that add to counters (ADR-49): without a payload, and with a sign before their number. */
internal object Counting {
    val EMPTY = ByteArray(0)

    fun increment(by: BigInteger, options: PublishOptions): PublishOptions {
        require(options.expectLastSequence == null && options.expectLastSubjectSequence == null && options.expectLastMessageId == null) {
            "a counter takes no expectations"
        }
        require(options.rollup == null && options.timeToLive == null && options.schedule == null) {
            "a counter takes no rollup, no time to live and no schedule"
        }
        val text = if (by.signum() < 0) by.toString() else "+$by"
        return options.copy { headers = headers.with(PublishHeaders.INCREMENT, text) }
    }
}
