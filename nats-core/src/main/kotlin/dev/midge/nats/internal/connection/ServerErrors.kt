package dev.midge.nats.internal.connection

import dev.midge.nats.AuthenticationException.Reason
import dev.midge.nats.PermissionViolationException
import dev.midge.nats.PermissionViolationException.Operation

/** What the server's `-ERR` texts mean. Source: the error texts of nats-server 2.9 to 2.15. */
internal object ServerErrors {
    private val authentication = mapOf(
        "authorization violation" to Reason.REFUSED,
        "user authentication expired" to Reason.EXPIRED,
        "account authentication expired" to Reason.EXPIRED,
        "user authentication revoked" to Reason.REVOKED,
    )
    private val permission =
        Regex(
            """permissions violation for (publish|subscription) (?:to|with reply of) "([^"]*)"(?: using queue "([^"]*)")?.*""",
            RegexOption.IGNORE_CASE,
        )

    /**
     * Why the server refuses the client's credentials, if that is what [error] says. "Authentication Timeout" does not: the server has not
     * seen any.
     */
    fun refusal(error: String): Reason? =
        authentication.entries.firstOrNull { (text, _) -> error.startsWith(text, ignoreCase = true) }?.value

    /** What is not permitted, if that is what [error] says. */
    fun permissionViolation(error: String): PermissionViolationException? {
        val match = permission.matchEntire(error) ?: return null
        val (operation, subject, queueGroup) = match.destructured
        val tried = if (operation.equals("publish", ignoreCase = true)) Operation.PUBLISH else Operation.SUBSCRIBE
        return PermissionViolationException(subject, tried, queueGroup.ifEmpty { null })
    }
}
