package dev.midge.nats.internal.transport

import org.slf4j.Logger

/**
 * Control lines at TRACE, `>> PUB foo 12` and `<< MSG foo 1 12`; payloads and credentials never.
 *
 * Whether TRACE is on is asked once a connection, so that the message path pays for a constant.
 */
internal class WireLog(private val logger: Logger) {
    val enabled: Boolean = logger.isTraceEnabled

    fun sent(line: String) {
        logger.trace(">> {}", line)
    }

    fun received(line: String) {
        logger.trace("<< {}", line)
    }
}
