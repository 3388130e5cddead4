package dev.midge.nats.internal.client

import dev.midge.nats.ConnectionLostException
import dev.midge.nats.NatsMessage
import dev.midge.nats.RequestTimeoutException
import dev.midge.nats.Subject
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlin.time.Duration.Companion.seconds

private fun waiting() = SingleReply(Subject("s"), 1.seconds)

private fun message(text: String) = NatsMessage("s", null, text.encodeToByteArray(), null)

class SingleReplySpec :
    FunSpec({
        test("a reply before and after the wait begins") {
            waiting().apply { onReply(message("early")).wake() }.await().text() shouldBe "early"
            coroutineScope {
                val reply = waiting()
                val awaited = async(start = CoroutineStart.UNDISPATCHED) { reply.await() }
                reply.onReply(message("late")).wake()
                awaited.await().text() shouldBe "late"
            }
        }

        test("the first outcome counts") {
            waiting().apply {
                onReply(message("first")).wake()
                onFailure(ConnectionLostException("gone"))
                onDeadline()
                onReply(message("second")).wake()
            }.await().text() shouldBe "first"
            shouldThrow<ConnectionLostException> {
                waiting().apply {
                    onFailure(ConnectionLostException("gone"))
                    onReply(message("late")).wake()
                }.await()
            }
            shouldThrow<RequestTimeoutException> { waiting().apply { onDeadline() }.await() }.timeout shouldBe 1.seconds
        }

        test("an outcome after the cancellation disturbs nobody") {
            coroutineScope {
                val reply = waiting()
                launch(start = CoroutineStart.UNDISPATCHED) { reply.await() }.cancelAndJoin()
                reply.onReply(message("late")).wake()
                reply.onDeadline()
            }
        }

        test("in 100,000 races between waiting, reply and deadline each wait ends once") {
            withContext(Dispatchers.Default) {
                repeat(100_000) {
                    val reply = waiting()
                    val awaited = async { runCatching { reply.await() } }
                    val deadline = launch { reply.onDeadline() }
                    reply.onReply(message("reply")).wake()
                    deadline.join()
                    val outcome = awaited.await()
                    (outcome.getOrNull()?.text() == "reply" || outcome.exceptionOrNull() is RequestTimeoutException) shouldBe true
                }
            }
        }
    })
