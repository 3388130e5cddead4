package dev.midge.nats.services.internal

import org.slf4j.Logger
import org.slf4j.LoggerFactory

/** What happens to services, for those who run the program. */
internal val log: Logger = LoggerFactory.getLogger("dev.midge.nats.services")
