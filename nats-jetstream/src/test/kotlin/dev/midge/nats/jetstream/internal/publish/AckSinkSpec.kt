package dev.midge.nats.jetstream.internal.publish

import dev.midge.nats.ConnectionClosedException
import dev.midge.nats.ConnectionLostException
import dev.midge.nats.Headers
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.PermissionViolationException
import dev.midge.nats.Subject
import dev.midge.nats.jetstream.JetStreamApiException
import dev.midge.nats.jetstream.JetStreamOptions
import dev.midge.nats.jetstream.JetStreamTimeoutException
import dev.midge.nats.jetstream.NoStreamException
import dev.midge.nats.jetstream.PublishOptions
import dev.midge.nats.jetstream.PublishUnconfirmedException
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import io.kotest.matchers.types.shouldBeSameInstanceAs
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.withContext
import java.util.concurrent.CyclicBarrier
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

private val subject = Subject("s.a")
private val jetStreamOptions = JetStreamOptions.builder().build()
private val ack = NatsMessage("_INBOX.1", """{"stream":"S","seq":1}""".encodeToByteArray())
private val empty = NatsMessage("_INBOX.1", ByteArray(0))
private val lost = ConnectionLostException("the link is gone")

@OptIn(InternalNatsApi::class)
private class Sinks {
    val seam = FakeSeam()

    fun sink(
        headers: Headers = Headers.Empty,
        attempt: Int = 1,
        unconfirmed: PublishUnconfirmedException? = null,
        options: PublishOptions,
    ): AckSink {
        val terms = PublishTerms(options, jetStreamOptions)
        return AckSink(seam, subject, ByteArray(0), headers, terms, attempt = attempt, unconfirmed = unconfirmed)
    }

    fun sink() = sink(options = PublishOptions.Default)
}

@OptIn(InternalNatsApi::class)
private fun AckSink.reply(message: NatsMessage, status: Int = 0) {
    onReply(message, status)
    wake(WakingNow)
}

@OptIn(InternalNatsApi::class)
private fun AckSink.lose(cause: NatsException = lost) {
    onFailure(cause)
    wake(WakingNow)
}

@OptIn(InternalNatsApi::class)
class AckSinkSpec :
    FunSpec({
        val reading = AckReading()

        suspend fun failure(sink: AckSink) = runCatching { reading.ack(sink, sink.await()) }.exceptionOrNull()

        test("an outcome that is there before somebody waits, and one that comes later, are handed over") {
            runTest {
                val early = Sinks().sink().also { it.reply(ack) }
                early.await() shouldBeSameInstanceAs ack
                early.await() shouldBeSameInstanceAs ack
                val late = Sinks().sink()
                val waiting = async(start = CoroutineStart.UNDISPATCHED) { late.await() }
                late.hasEnded shouldBe false
                late.reply(ack)
                late.hasEnded shouldBe true
                waiting.await() shouldBeSameInstanceAs ack
            }
        }

        test("each end has its exception") {
            failure(Sinks().sink().also { it.reply(empty, status = 503) }).shouldBeInstanceOf<NoStreamException>().attempts shouldBe 1
            failure(Sinks().sink().also { it.lose() }).shouldBeInstanceOf<PublishUnconfirmedException>().cause shouldBeSameInstanceAs lost
            val refused = PermissionViolationException("s.a", PermissionViolationException.Operation.PUBLISH)
            failure(Sinks().sink().also { it.lose(refused) }) shouldBeSameInstanceAs refused
            val inTime = Sinks().sink()
            inTime.onTimeout()
            inTime.wake(WakingNow)
            failure(inTime).shouldBeInstanceOf<JetStreamTimeoutException>().timeout shouldBe 5.seconds
        }

        test("an answer that has a status beside its JSON is read") {
            val busy = NatsMessage("r", """{"error":{"code":429,"err_code":10167,"description":"too many requests"}}""".encodeToByteArray())
            val failure = failure(Sinks().sink().also { it.reply(busy, status = 429) })
            failure.shouldBeInstanceOf<JetStreamApiException>().errorCode shouldBe 10_167
        }

        test("whoever is cancelled while it waits withdraws the request") {
            runTest {
                val sinks = Sinks()
                val sink = sinks.sink().also { it.number = 7 }
                val waiting = launch(start = CoroutineStart.UNDISPATCHED) { sink.await() }
                waiting.cancel()
                waiting.join()
                sinks.seam.withdrawn shouldContainExactly listOf(7L)
                // What comes all the same wakes nobody.
                sink.reply(ack)
            }
        }

        test("the first end counts") {
            val sink = Sinks().sink().also { it.reply(ack) }
            sink.fail(lost)
            sink.await() shouldBeSameInstanceAs ack
        }

        test("a wait and a reply at the same time meet, however they are ordered") {
            val barrier = CyclicBarrier(2)
            repeat(5_000) {
                val sink = Sinks().sink()
                withContext(Dispatchers.IO) {
                    launch {
                        barrier.await()
                        sink.reply(ack)
                    }
                    barrier.await()
                    sink.await() shouldBeSameInstanceAs ack
                }
            }
        }

        test("one that nobody stands by for is settled once, also if its publisher was cancelled at its deadline") {
            val settled = ArrayList<AckSink>()
            val terms = PublishTerms(PublishOptions.Default, jetStreamOptions)

            fun deferred() = DeferredAck(FakeSeam(), subject, ByteArray(0), Headers.Empty, terms, {}) { settled += it }
            val told = deferred().also { it.reply(ack) }
            told.claim() shouldBe false
            val cancelled = deferred()
            cancelled.claim() shouldBe true
            cancelled.reply(ack)
            settled shouldContainExactly listOf(told)
        }

        test("a message is sent again if no stream takes it, as often as its terms say, and not beyond its deadline") {
            val sinks = Sinks()
            val none = NoStreamException("s.a", 1)
            NoStreamRetry.pauseAfter(sinks.sink(), none) shouldBe 250.milliseconds
            NoStreamRetry.pauseAfter(sinks.sink(attempt = 2, options = PublishOptions.Default), none) shouldBe 250.milliseconds
            NoStreamRetry.pauseAfter(sinks.sink(attempt = 3, options = PublishOptions.Default), none).shouldBeNull()
            NoStreamRetry.pauseAfter(sinks.sink(options = PublishOptions { timeout = 200.milliseconds }), none).shouldBeNull()
            NoStreamRetry.pauseAfter(sinks.sink(options = PublishOptions { retries = 0 }), none).shouldBeNull()
        }

        test("after a lost link it is sent again only with an id and the wish for it, and then until its deadline") {
            val sinks = Sinks()
            val id = Headers.of("Nats-Msg-Id" to "1")
            val wish = PublishOptions { resendAfterReconnect = true }
            val unconfirmed = PublishUnconfirmedException("s.a", lost)
            NoStreamRetry.pauseAfter(sinks.sink(id, options = wish), unconfirmed) shouldBe Duration.ZERO
            NoStreamRetry.pauseAfter(sinks.sink(options = wish), unconfirmed).shouldBeNull()
            NoStreamRetry.pauseAfter(sinks.sink(id, options = PublishOptions.Default), unconfirmed).shouldBeNull()
            val silence = JetStreamTimeoutException("s.a", null, null, 5.seconds, null)
            NoStreamRetry.pauseAfter(sinks.sink(id, options = wish), silence).shouldBeNull()
            val patient = PublishOptions { resendAfterSilence = 1.seconds }
            NoStreamRetry.pauseAfter(sinks.sink(id, options = patient), silence) shouldBe Duration.ZERO
            NoStreamRetry.pauseAfter(sinks.sink(options = patient), silence).shouldBeNull()
            val closed = PublishUnconfirmedException("s.a", ConnectionClosedException("closed"))
            NoStreamRetry.pauseAfter(sinks.sink(id, options = wish), closed).shouldBeNull()
            val later = sinks.sink(id, attempt = 50, unconfirmed = unconfirmed, options = wish)
            NoStreamRetry.pauseAfter(later, NoStreamException("s.a", 50)) shouldBe 250.milliseconds
        }
    })
