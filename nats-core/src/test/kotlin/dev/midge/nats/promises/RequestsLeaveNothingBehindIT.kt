package dev.midge.nats.promises

import dev.midge.nats.ConnectionLostException
import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsEvent
import dev.midge.nats.ReconnectOptions
import dev.midge.nats.RequestTimeoutException
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.Job
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Semaphore
import java.util.concurrent.atomic.AtomicInteger
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

private suspend fun PromiseScope.unanswered(): NatsConnection {
    val nats = connection(server().url)
    nats.subscribeInline("hole") { }
    nats.flush()
    return nats
}

class RequestsLeaveNothingBehindIT :
    FunSpec({
        promise("requests that time out leave no entry", longRun) {
            val nats = unanswered()
            val count = rounds(50_000, 1_000_000)
            val timedOut = AtomicInteger()
            val atOnce = Semaphore(20_000)
            coroutineScope {
                repeat(count) {
                    atOnce.acquire()
                    launch {
                        try {
                            nats.request("hole", timeout = 50.milliseconds)
                        } catch (e: RequestTimeoutException) {
                            timedOut.incrementAndGet()
                        } finally {
                            atOnce.release()
                        }
                    }
                }
            }
            timedOut.get() shouldBe count
            nats.stats().pendingRequests shouldBe 0
            // One inbox for all of them.
            nats.stats().subscriptions shouldBe 2
            figure("RequestsLeaveNothingBehind: $count timed out, 0 entries left")
        }

        promise("requests that are cancelled leave no entry", longRun) {
            val nats = unanswered()
            val count = rounds(10_000, 100_000)
            repeat(count / 1_000) {
                coroutineScope {
                    val requests = List(1_000) { launch { nats.request("hole", timeout = 60.seconds) } }
                    until { nats.stats().pendingRequests == 1_000 }
                    requests.forEach(Job::cancel)
                    requests.joinAll()
                }
                nats.stats().pendingRequests shouldBe 0
            }
            nats.stats().subscriptions shouldBe 2
            figure("RequestsLeaveNothingBehind: $count cancelled, 0 entries left")
        }

        promise("replies that come too late, twice, or to an inbox of nobody are dropped") {
            val server = server()
            val nats = connection(server.url)
            val answered = AtomicInteger()
            val subjects = ArrayList<String>()
            val responder = connection(server.url)
            responder.subscribe("twice") { request ->
                val reply = checkNotNull(request.replyTo)
                synchronized(subjects) { subjects += reply }
                repeat(2) { responder.publish(reply, "answer".encodeToByteArray()) }
                answered.incrementAndGet()
            }
            responder.flush()
            repeat(1_000) { nats.request("twice").text() shouldBe "answer" }
            // Once more, when nobody waits.
            synchronized(subjects) { subjects.toList() }.forEach { responder.publish(it) }
            responder.publish(subjects.first().substringBeforeLast('.') + ".not-a-number")
            responder.publish(subjects.first().substringBeforeLast('.') + ".99999999999999999999999")
            responder.flush()
            nats.flush()
            nats.request("twice").text() shouldBe "answer"
            nats.stats().pendingRequests shouldBe 0
            nats.stats().connects shouldBe 1
        }

        promise("requests that the loss of the connection ends leave no entry") {
            val server = server()
            val proxy = proxy(server.port)
            val nats = connection(proxy.url) {
                reconnect {
                    wait = 5.milliseconds
                    jitter = 0.milliseconds
                    failRequests = true
                }
            }
            nats.subscribeInline("hole") { }
            nats.flush()
            val events = eventsOf(nats)
            repeat(5) {
                coroutineScope {
                    val failed = AtomicInteger()
                    val requests = List(1_000) {
                        launch {
                            try {
                                nats.request("hole", timeout = 60.seconds)
                            } catch (e: ConnectionLostException) {
                                failed.incrementAndGet()
                            }
                        }
                    }
                    until { nats.stats().pendingRequests == 1_000 }
                    proxy.resetConnections()
                    requests.joinAll()
                    failed.get() shouldBe 1_000
                }
                nats.stats().pendingRequests shouldBe 0
                events.next<NatsEvent.Reconnected>()
            }
        }
    })
