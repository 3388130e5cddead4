package dev.midge.nats.jetstream.internal.consume

import dev.midge.nats.jetstream.JetStreamMessage

/** Takes what an ordered consumption delivers, in its order and in the coroutine that collects. What it throws ends the consumption. */
internal fun interface OrderedTaker {
    /** Whether it wants only the last message of each subject still, if the consumption has begun so, when another consumer is needed. */
    val wantsLasts: Boolean
        get() = false

    suspend fun onMessage(message: JetStreamMessage)

    /** A consumer that was made because of [wantsLasts] has delivered [message], which is not behind those that [onMessage] has had. */
    suspend fun onAgain(message: JetStreamMessage) {}

    /** The stream ended with the sequence [last] when the next consumer was about to be made; [onConsumer] is called next. */
    suspend fun onStream(last: Long) {}

    /**
     * A consumer was made, which has [pending] messages to deliver. It goes on after the message [after]; 0 if none was delivered.
     *
     * @param reason why another one was needed; `null` for the first.
     */
    suspend fun onConsumer(pending: Long, reason: String?, after: Long) {}

    /** The server says that it has delivered all that there is. */
    suspend fun onIdle() {}
}
