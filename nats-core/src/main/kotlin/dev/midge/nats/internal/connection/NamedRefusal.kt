package dev.midge.nats.internal.connection

import dev.midge.nats.PermissionViolationException

/**
 * A refusal that names what it refuses.
 *
 * @property violation what it says is not permitted.
 * @property sid the subscription, if it is named: the server has ended it because permissions have changed. Before 2.11 or so it does not say
 *   then of which queue group that is.
 * @property inAnyGroup whether the queue group is not said because the subject alone is what is wrong.
 */
internal class NamedRefusal(
    val violation: PermissionViolationException,
    private val sid: Long? = null,
    private val inAnyGroup: Boolean = false,
) {
    fun concerns(subscription: RegisteredSubscription): Boolean = when {
        sid != null -> subscription.sid == sid
        subscription.subject.value != violation.subject -> false
        else -> inAnyGroup || subscription.queueGroup == violation.queueGroup
    }

    /** What [subscription] fails with. */
    fun cause(subscription: RegisteredSubscription): PermissionViolationException {
        if (subscription.queueGroup == violation.queueGroup) return violation
        return PermissionViolationException(violation.subject, violation.operation, subscription.queueGroup)
    }
}
