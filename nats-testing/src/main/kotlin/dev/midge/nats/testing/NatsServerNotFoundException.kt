package dev.midge.nats.testing

/** No usable `nats-server` executable; the message is one sentence that says what to install or to set. */
public class NatsServerNotFoundException internal constructor(message: String, cause: Throwable? = null) : RuntimeException(message, cause)
