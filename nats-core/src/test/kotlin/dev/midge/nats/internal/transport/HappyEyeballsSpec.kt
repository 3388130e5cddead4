package dev.midge.nats.internal.transport

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.currentTime
import kotlinx.coroutines.test.runTest
import kotlinx.io.IOException

/** Addresses named for what they do. */
@OptIn(ExperimentalCoroutinesApi::class)
private class Network(private val test: TestScope) {
    val tried = ArrayList<Pair<String, Long>>()
    val discarded = ArrayList<String>()
    var cancelled = 0

    private suspend fun connect(address: String): String {
        tried += address to test.currentTime
        when {
            address.startsWith("refuses") -> throw IOException(address)

            address.startsWith("silent") -> try {
                awaitCancellation()
            } finally {
                cancelled++
            }

            address.startsWith("slow") -> delay(300)
        }
        return address
    }

    suspend fun race(vararg addresses: String): String = HappyEyeballs(::connect, { discarded += it }).race(addresses.toList())
}

@OptIn(ExperimentalCoroutinesApi::class)
class HappyEyeballsSpec :
    FunSpec({
        test("the first address that answers is taken at once") {
            runTest {
                val network = Network(this)
                network.race("answers", "unused") shouldBe "answers"
                currentTime shouldBe 0
                network.tried shouldContainExactly listOf("answers" to 0L)
            }
        }

        test("after a refusal the next address is tried at once, after silence 250 ms later") {
            runTest {
                val network = Network(this)
                network.race("refuses", "silent", "answers") shouldBe "answers"
                network.tried shouldContainExactly listOf("refuses" to 0L, "silent" to 0L, "answers" to 250L)
                network.cancelled shouldBe 1
            }
        }

        test("an address that answers late wins if no other one does sooner") {
            runTest {
                val network = Network(this)
                network.race("slow", "silent", "refuses") shouldBe "slow"
                currentTime shouldBe 300
                network.cancelled shouldBe 1
            }
        }

        test("when no address answers, the last failure is told") {
            runTest {
                shouldThrow<IOException> { Network(this).race("refuses 1", "refuses 2") }.message shouldBe "refuses 2"
            }
        }

        test("giving up cancels every attempt") {
            runTest {
                val network = Network(this)
                val racing = launch { network.race("silent 1", "silent 2", "silent 3") }
                delay(600)
                racing.cancelAndJoin()
                network.cancelled shouldBe 3
            }
        }

        test("the families of addresses take turns") {
            alternating(listOf("6a", "6b", "6c", "4a")) { it.startsWith("6") } shouldContainExactly listOf("6a", "4a", "6b", "6c")
        }
    })
