package dev.midge.nats.internal.hooks

import dev.midge.nats.WebSocketOptions
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.assertions.throwables.shouldThrowExactly
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.withTimeoutOrNull
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executors
import java.util.function.Supplier
import kotlin.time.Duration.Companion.milliseconds

private suspend fun headers(dispatcher: CoroutineDispatcher, supplier: Supplier<Map<String, String>>): Map<String, String> =
    WebSocketOptions.builder().headerSupplier(supplier).build().suppliedIn(dispatcher).headerSupplier!!()

/** As Java might write it. */
@Suppress("UNCHECKED_CAST")
private val ofNull = Supplier<Map<String, String>?> { null } as Supplier<Map<String, String>>

/** Functions of Java's that options name, by one that no module but another calls. */
class HooksSpec :
    FunSpec({
        test("a function runs in the dispatcher, and may block there") {
            Executors.newSingleThreadExecutor { Thread(it, "mine") }.asCoroutineDispatcher().use { mine ->
                headers(mine) { mapOf("Thread" to Thread.currentThread().name.substringBefore(' ')) } shouldBe mapOf("Thread" to "mine")
            }
        }

        test("what it throws is thrown as it is") {
            shouldThrow<IllegalStateException> { headers(Dispatchers.IO) { error("no token") } }.message shouldBe "no token"
        }

        test("one that returns null fails") {
            shouldThrow<NullPointerException> { headers(Dispatchers.IO, ofNull) }.message!! shouldContain "has returned null"
        }

        test("an executor that refuses work fails, and does not look as if the caller had been cancelled") {
            val executor = Executors.newSingleThreadExecutor()
            executor.shutdown()
            shouldThrowExactly<IllegalStateException> { headers(executor.asCoroutineDispatcher()) { emptyMap() } }
        }

        test("cancelling the caller interrupts the thread, and does not wait for a function that goes on") {
            val interrupted = CompletableDeferred<Unit>()
            val end = CountDownLatch(1)
            val supplied = withTimeoutOrNull(100.milliseconds) {
                headers(Dispatchers.IO) {
                    while (end.count > 0) {
                        try {
                            end.await()
                        } catch (_: InterruptedException) {
                            interrupted.complete(Unit)
                        }
                    }
                    emptyMap()
                }
            }
            supplied shouldBe null
            interrupted.await()
            end.countDown()
        }
    })
