package dev.midge.nats.internal.transport

import io.kotest.assertions.nondeterministic.eventually
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.shouldNotBe
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch
import java.nio.ByteBuffer
import java.nio.channels.Pipe
import java.nio.channels.SelectionKey
import java.util.concurrent.CountDownLatch
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

        test("a selector that is held up, by an inline handler say, is given to no new socket") {
            val selectors = NioSelectors(most = 1)
            val held = selectors.lease(isOwn = false)
            val pipe = Pipe.open()
            pipe.source().configureBlocking(false)
            val isHeld = CountDownLatch(1)
            val goOn = CountDownLatch(1)
            val handler = launch(Dispatchers.Unconfined) {
                held.selector.readiness(pipe.source()).await(SelectionKey.OP_READ)
                isHeld.countDown()
                goOn.await()
            }
            pipe.sink().write(ByteBuffer.wrap(byteArrayOf(1)))
            isHeld.await()
            eventually(5.seconds) { held.selector.isHeldUp shouldBe true }
            val next = selectors.lease(isOwn = false)
            next.selector shouldNotBe held.selector
            goOn.countDown()
            handler.join()
            next.close()
            eventually(5.seconds) { selectors.lease(isOwn = false).use { it.selector shouldBe held.selector } }
            held.close()
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
