package dev.midge.nats

import kotlinx.coroutines.CoroutineDispatcher

/**
 * How the handler of a subscription or responder runs.
 *
 * With the default, one message is handled after the other, in the order of their arrival. With more [concurrency] that many are handled side by
 * side, in any order; a drain waits for them all. Immutable.
 *
 * @property concurrency how many messages are handled at a time.
 * @property dispatcher where the handler runs; `null` takes [NatsOptions.dispatcher].
 * @throws IllegalArgumentException if [concurrency] is less than 1.
 */
public class HandlerOptions(public val concurrency: Int = 1, public val dispatcher: CoroutineDispatcher? = null) {
    init {
        require(concurrency >= 1) { "concurrency is $concurrency; it has to be 1 or more" }
    }

    override fun toString(): String = "HandlerOptions(concurrency=$concurrency, dispatcher=$dispatcher)"

    /** What is used unless something else is given. */
    public companion object {
        /** One message after the other, on the dispatcher of the options. */
        @JvmField
        public val Default: HandlerOptions = HandlerOptions()
    }
}
