package dev.midge.nats.internal.connection

import dev.midge.nats.Subject
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import kotlin.concurrent.thread

class SubscriptionRegistrySpec :
    FunSpec({
        test("all are listed in the order of their ids") {
            val registry = SubscriptionRegistry()
            for (sid in listOf(70_000L, 3, 17, 1, 40)) registry.add(CountingSubscription(sid, Subject("s")))
            registry.all().map { it.sid } shouldBe listOf(1, 3, 17, 40, 70_000)
        }

        test("closing while the last subscription leaves is no error") {
            val registry = SubscriptionRegistry()
            val last = CountingSubscription(1, Subject("s"))
            val comingAndGoing = thread {
                repeat(1_000_000) {
                    registry.add(last)
                    registry.remove(1)
                }
            }
            while (comingAndGoing.isAlive) registry.all()
        }
    })
