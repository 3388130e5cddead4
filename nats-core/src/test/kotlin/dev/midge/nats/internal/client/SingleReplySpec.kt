package dev.midge.nats.internal.client

import dev.midge.nats.ConnectionLostException
import dev.midge.nats.NatsMessage
import dev.midge.nats.RequestTimeoutException
import dev.midge.nats.Subject
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import java.util.concurrent.CompletableFuture
import java.util.concurrent.Executors
import kotlin.concurrent.thread
import kotlin.time.Duration.Companion.seconds

private fun waiting() = SingleReply(Subject("s"), 1.seconds)

private fun message(text: String) = NatsMessage("s", null, text.encodeToByteArray(), null)

class SingleReplySpec :
    FunSpec({
        test("a reply before and after the wait begins") {
            waiting().apply { reply(message("early")) }.await().text() shouldBe "early"
            coroutineScope {
                val reply = waiting()
                val awaited = async(start = CoroutineStart.UNDISPATCHED) { reply.await() }
                reply.reply(message("late"))
                awaited.await().text() shouldBe "late"
            }
        }

        test("the first outcome counts") {
            waiting().apply {
                reply(message("first"))
                fail(ConnectionLostException("gone"))
                timeOut()
                reply(message("second"))
            }.await().text() shouldBe "first"
            shouldThrow<ConnectionLostException> {
                waiting().apply {
                    fail(ConnectionLostException("gone"))
                    reply(message("late"))
                }.await()
            }
            shouldThrow<RequestTimeoutException> { waiting().apply { timeOut() }.await() }.timeout shouldBe 1.seconds
        }

        test("an outcome after the cancellation disturbs nobody") {
            coroutineScope {
                val reply = waiting()
                launch(start = CoroutineStart.UNDISPATCHED) { reply.await() }.cancelAndJoin()
                reply.reply(message("late"))
                reply.timeOut()
            }
        }

        test("a thread waits as a coroutine does") {
            waiting().apply { reply(message("early")) }.awaitOnThread().text() shouldBe "early"
            val reply = waiting()
            val awaited = CompletableFuture.supplyAsync { reply.awaitOnThread() }
            reply.reply(message("late"))
            awaited.get().text() shouldBe "late"
            shouldThrow<ConnectionLostException> { waiting().apply { fail(ConnectionLostException("gone")) }.awaitOnThread() }
        }

        test("an interrupted thread waits no longer") {
            val reply = waiting()
            val ended = CompletableFuture<Throwable?>()
            val thread = thread { ended.complete(runCatching { reply.awaitOnThread() }.exceptionOrNull()) }
            thread.interrupt()
            ended.get().shouldBeInstanceOf<InterruptedException>()
            reply.reply(message("late"))
        }

        test("in 50,000 races between a waiting thread, reply and deadline each wait ends once") {
            val pool = Executors.newFixedThreadPool(3)
            repeat(50_000) {
                val reply = waiting()
                val awaited = CompletableFuture.supplyAsync({ runCatching { reply.awaitOnThread() } }, pool)
                val deadline = CompletableFuture.runAsync({ reply.timeOut() }, pool)
                reply.reply(message("reply"))
                deadline.get()
                val outcome = awaited.get()
                (outcome.getOrNull()?.text() == "reply" || outcome.exceptionOrNull() is RequestTimeoutException) shouldBe true
            }
            pool.shutdown()
        }

        test("in 100,000 races between waiting, reply and deadline each wait ends once") {
            withContext(Dispatchers.Default) {
                repeat(100_000) {
                    val reply = waiting()
                    val awaited = async { runCatching { reply.await() } }
                    val deadline = launch { reply.timeOut() }
                    reply.reply(message("reply"))
                    deadline.join()
                    val outcome = awaited.await()
                    (outcome.getOrNull()?.text() == "reply" || outcome.exceptionOrNull() is RequestTimeoutException) shouldBe true
                }
            }
        }
    })
