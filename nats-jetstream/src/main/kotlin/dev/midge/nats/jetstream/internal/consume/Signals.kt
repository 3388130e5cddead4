package dev.midge.nats.jetstream.internal.consume

import dev.midge.nats.NatsException

/** What a consumer says between its messages: how many it has delivered, by its own count. */
internal class Heartbeat(val consumerSequence: Long)

/** The consumer may not be there any more, or not where it was: whoever can make another one does so. */
internal class RestartException(reason: String) : NatsException(reason)
