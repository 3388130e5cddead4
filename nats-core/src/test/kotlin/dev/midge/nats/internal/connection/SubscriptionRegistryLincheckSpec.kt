package dev.midge.nats.internal.connection

import dev.midge.nats.NatsException
import dev.midge.nats.PermissionViolationException
import dev.midge.nats.Subject
import dev.midge.nats.chaos
import dev.midge.nats.internal.inbound.Signal
import dev.midge.nats.internal.inbound.SubjectCache
import dev.midge.nats.internal.protocol.MessageFrame
import dev.midge.nats.modelCheck
import io.kotest.core.spec.style.FunSpec
import org.jetbrains.lincheck.datastructures.IntGen
import org.jetbrains.lincheck.datastructures.Operation
import org.jetbrains.lincheck.datastructures.Param
import org.jetbrains.lincheck.datastructures.Validate
import java.util.concurrent.atomic.AtomicInteger

internal class CountingSubscription(override val sid: Long, override val subject: Subject, override val queueGroup: String? = null) :
    RegisteredSubscription {
    /** How often somebody was told, or found out, that the subscription is over. */
    val ends = AtomicInteger()
    override val receivedMessages: Long = 0
    override val limit: Long = Long.MAX_VALUE
    override val isWanted: Boolean = true
    override var toldAs: Long = 0

    override fun toldBy(receivedBefore: Long) = Unit

    override fun onConnectionClosed(cause: NatsException?) {
        ends.incrementAndGet()
    }

    override fun onRefused(cause: NatsException) {
        ends.incrementAndGet()
    }

    override fun onMessage(frame: MessageFrame, subjects: SubjectCache): Signal? = null

    override fun stopDelivery() = Unit

    override suspend fun finish() = Unit
}

/** What ends subscriptions: their users, a refusal by the server, the end of the connection. Not one atomic step each, but each once. */
@Param(name = "sid", gen = IntGen::class, conf = "1:3")
class SubscriptionRegistryOperations {
    private val registry = SubscriptionRegistry()

    /** Two of one subject, which one refusal ends. */
    private val subscriptions = listOf(refused, refused, other).map { CountingSubscription(registry.nextSid(), it) }.onEach(registry::add)

    @Operation
    fun unsubscribe(@Param(name = "sid") sid: Int) {
        if (registry.remove(sid.toLong())) subscriptions[sid - 1].ends.incrementAndGet()
    }

    @Operation
    fun refuse(): Unit = registry.refuse(refusal)

    @Operation
    fun close(): Unit = registry.close(null)

    @Validate
    fun eachEndsOnce() {
        for (subscription in subscriptions) {
            val left = registry.sink(subscription.sid) == null
            check(subscription.ends.get() == if (left) 1 else 0) { "subscription ${subscription.sid} ended ${subscription.ends} times" }
        }
    }

    /** Made once: making them is no part of what is looked into. */
    private companion object {
        val refused = Subject("a")
        val other = Subject("b")
        val refusal = NamedRefusal(PermissionViolationException("a", PermissionViolationException.Operation.SUBSCRIBE))
    }
}

class SubscriptionRegistryLincheckSpec :
    FunSpec({
        modelCheck("whoever ends a subscription, it ends once", SubscriptionRegistryOperations::class) {
            actorsPerThread(if (chaos) 2 else 1)
            // The last subscription leaves while the connection closes.
            addCustomScenario {
                initial {
                    actor(SubscriptionRegistryOperations::unsubscribe, 1)
                    actor(SubscriptionRegistryOperations::unsubscribe, 2)
                }
                parallel {
                    thread { actor(SubscriptionRegistryOperations::unsubscribe, 3) }
                    thread { actor(SubscriptionRegistryOperations::close) }
                }
            }
        }
    })
