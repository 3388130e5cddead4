package dev.midge.nats.internal.connection

import dev.midge.nats.PermissionViolationException
import dev.midge.nats.PermissionViolationException.Operation

/** What the server's `-ERR` texts mean. Source: the error texts of nats-server 2.9 to 2.15. */
internal object ServerErrors {
    private val authentication = listOf("authorization violation", "authentication", "user authentication", "account authentication")
    private val permission =
        Regex(
            """permissions violation for (publish|subscription) (?:to|with reply of) "([^"]*)"(?: using queue "([^"]*)")?.*""",
            RegexOption.IGNORE_CASE,
        )

    /** Whether the server refuses the client's credentials. */
    fun isAuthentication(error: String): Boolean = authentication.any { error.startsWith(it, ignoreCase = true) }

    /** What is not permitted, if that is what [error] says. */
    fun permissionViolation(error: String): PermissionViolationException? {
        val match = permission.matchEntire(error) ?: return null
        val (operation, subject, queueGroup) = match.destructured
        val tried = if (operation.equals("publish", ignoreCase = true)) Operation.PUBLISH else Operation.SUBSCRIBE
        return PermissionViolationException(subject, tried, queueGroup.ifEmpty { null })
    }
}
