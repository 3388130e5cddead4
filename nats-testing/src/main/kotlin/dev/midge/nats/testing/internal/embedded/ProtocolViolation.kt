package dev.midge.nats.testing.internal.embedded

/**
 * Ends a client's connection, after the `-ERR` with [reply] if there is one: like a real server, which says nothing about arguments that
 * it cannot read. Without a stack trace: it is part of the dialogue.
 */
internal class ProtocolViolation(val reply: String?) : Exception(reply, null, false, false) {
    companion object {
        const val UNKNOWN_OPERATION = "Unknown Protocol Operation"
        const val CONTROL_LINE = "maximum control line exceeded"
        const val MAX_PAYLOAD = "Maximum Payload Violation"
        const val AUTHORIZATION = "Authorization Violation"
        const val AUTHENTICATION_TIMEOUT = "Authentication Timeout"
        const val MAX_CONNECTIONS = "maximum connections exceeded"
        const val CLIENT_PROTOCOL = "invalid client protocol"
        const val NO_RESPONDERS = "no responders requires headers support"

        /** These two are answered with the connection left open. */
        const val INVALID_SUBJECT = "Invalid Subject"
        const val INVALID_PUBLISH_SUBJECT = "Invalid Publish Subject"

        fun unknownOperation(): ProtocolViolation = ProtocolViolation(UNKNOWN_OPERATION)

        /** Arguments that cannot be read: a real server closes without a word. */
        fun unreadable(): ProtocolViolation = ProtocolViolation(null)
    }
}
