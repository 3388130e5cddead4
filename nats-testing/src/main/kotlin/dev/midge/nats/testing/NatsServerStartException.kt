package dev.midge.nats.testing

/** A server did not come up, in time or at all; the message carries the end of the server's log. */
public class NatsServerStartException internal constructor(message: String, cause: Throwable? = null) : RuntimeException(message, cause)
