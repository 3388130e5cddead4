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
    private val refusals = listOf(
        "permissions violation for publish to " to Operation.PUBLISH,
        "permissions violation for publish with reply of " to Operation.PUBLISH,
        "permissions violation for subscription to " to Operation.SUBSCRIBE,
    )
    private const val QUEUE_GROUP = " using queue "
    private const val SID = " (sid "
    private const val TOO_MANY_TOKENS = ", too many tokens"

    /**
     * Why the server refuses the client's credentials, if that is what [error] says. "Authentication Timeout" does not: the server has not
     * seen any.
     */
    fun refusal(error: String): Reason? =
        authentication.entries.firstOrNull { (text, _) -> error.startsWith(text, ignoreCase = true) }?.value

    /** What is not permitted, if that is what [error] says. */
    fun permissionViolation(error: String): PermissionViolationException? = namedRefusal(error)?.violation

    /** What is not permitted and to whom, if that is what [error] says. */
    fun namedRefusal(error: String): NamedRefusal? {
        val (words, operation) = refusals.firstOrNull { (words, _) -> error.startsWith(words, ignoreCase = true) } ?: return null
        val subject = QuotedName.read(error, words.length) ?: return null
        val inGroup = error.startsWith(QUEUE_GROUP, subject.end, ignoreCase = true)
        val queueGroup = if (inGroup) QuotedName.read(error, subject.end + QUEUE_GROUP.length) else null
        val end = queueGroup?.end ?: subject.end
        val sid = if (error.startsWith(SID, end)) QuotedName.read(error, end + SID.length)?.name?.toLongOrNull() else null
        val violation = PermissionViolationException(subject.name, operation, queueGroup?.name)
        return NamedRefusal(violation, sid, inAnyGroup = error.startsWith(TOO_MANY_TOKENS, end, ignoreCase = true))
    }

    /** Whether [error] answers a SUB without saying which: one over the limit, or with a subject that the server does not take. */
    fun isUnnamedRefusal(error: String): Boolean =
        error.contains("subscri", ignoreCase = true) || error.startsWith("invalid subject", ignoreCase = true)
}
