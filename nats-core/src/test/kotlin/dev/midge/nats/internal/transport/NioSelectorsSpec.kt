package dev.midge.nats.internal.transport

import io.kotest.assertions.nondeterministic.eventually
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.shouldNotBe
import kotlin.time.Duration.Companion.seconds

class NioSelectorsSpec :
    FunSpec({
        test("the first sockets have a selector each, later ones share the one with the fewest") {
            val selectors = NioSelectors(most = 2)
            val leases = List(4) { selectors.lease(isOwn = false) }
            leases.groupingBy { it.selector }.eachCount().values.toList() shouldBe listOf(2, 2)
            leases.filter { it.selector === leases[0].selector }.forEach { it.close() }
            val next = List(2) { selectors.lease(isOwn = false) }
            next.forEach { it.selector shouldNotBe leases[1].selector }
            (leases + next).forEach { it.close() }
        }

        test("a selector ends with its last socket, and closing twice counts once") {
            val selectors = NioSelectors(most = 1)
            val (first, second) = List(2) { selectors.lease(isOwn = false) }
            repeat(2) { first.close() }
            second.selector.hasEnded shouldBe false
            second.close()
            eventually(5.seconds) { second.selector.hasEnded shouldBe true }
            selectors.lease(isOwn = false).use { it.selector shouldNotBe first.selector }
        }

        test("a selector of one's own is shared with nobody") {
            val selectors = NioSelectors(most = 1)
            val own = selectors.lease(isOwn = true)
            val shared = selectors.lease(isOwn = false)
            shared.selector shouldNotBe own.selector
            own.close()
            eventually(5.seconds) { own.selector.hasEnded shouldBe true }
            shared.selector.hasEnded shouldBe false
            shared.close()
        }

        test("a selector that has ended by a fault is given to nobody") {
            val selectors = NioSelectors(most = 1)
            val broken = selectors.lease(isOwn = false)
            broken.selector.close()
            val next = selectors.lease(isOwn = false)
            next.selector shouldNotBe broken.selector
            broken.close()
            next.selector.hasEnded shouldBe false
            next.close()
        }
    })
