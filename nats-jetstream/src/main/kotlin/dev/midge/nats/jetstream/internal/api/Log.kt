package dev.midge.nats.jetstream.internal.api

import org.slf4j.Logger
import org.slf4j.LoggerFactory

/** What happens to streams, publishes and consumers, for those who run the program. */
internal val log: Logger = LoggerFactory.getLogger("dev.midge.nats.jetstream")
