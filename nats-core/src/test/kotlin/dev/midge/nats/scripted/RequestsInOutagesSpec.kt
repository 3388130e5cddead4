package dev.midge.nats.scripted

import dev.midge.nats.ConnectionState
import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsEvent
import dev.midge.nats.NotConnectedException
import dev.midge.nats.ReconnectOptions
import dev.midge.nats.RequestManyLimits
import dev.midge.nats.RequestTimeoutException
import dev.midge.nats.WhileDisconnected
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/** Runs [test] with a connection that is open, and its server: the only one that there will be. */
private suspend fun connected(policy: WhileDisconnected, test: suspend CoroutineScope.(NatsConnection, ScriptedServer) -> Unit) =
    coroutineScope {
        val network = ScriptedNetwork()
        val nats = network.connection {
            reconnect = ReconnectOptions {
                wait = 1.hours
                jitter = 0.seconds
                whileDisconnected = policy
            }
        }
        val connecting = launch { nats.connect() }
        val server = network.accept()
        server.letIn()
        connecting.join()
        try {
            test(nats, server)
        } finally {
            nats.close()
        }
    }

class RequestsInOutagesSpec :
    FunSpec({
        test("what a handler threw is told although its caller cannot be").config(timeout = 20.seconds) {
            connected(WhileDisconnected.Fail) { nats, server ->
                val failed = async(start = CoroutineStart.UNDISPATCHED) { nats.events.filterIsInstance<NatsEvent.HandlerFailed>().first() }
                val begun = CompletableDeferred<Unit>()
                val lost = CompletableDeferred<Unit>()
                val subscription = nats.respond("svc") {
                    begun.complete(Unit)
                    lost.await()
                    error("the handler's own")
                }
                server.line()
                server.send("MSG svc ${subscription.sid} reply 0\r\n\r\n")
                begun.await()
                server.hangUp()
                nats.state.first { it == ConnectionState.Reconnecting }
                lost.complete(Unit)
                val cause = failed.await().cause
                cause.message shouldBe "the handler's own"
                cause.suppressed.single().shouldBeInstanceOf<NotConnectedException>()
            }
        }

        for (policy in listOf(WhileDisconnected.Buffer(1), WhileDisconnected.Suspend(10.seconds))) {
            test("a requestMany that cannot be sent within its time fails as a request does: $policy").config(timeout = 20.seconds) {
                connected(policy) { nats, server ->
                    nats.requestMany("svc", limits = RequestManyLimits { total = 1.milliseconds }).toList().size shouldBe 0
                    server.hangUp()
                    nats.state.first { it == ConnectionState.Reconnecting }
                    shouldThrow<RequestTimeoutException> { nats.request("svc", timeout = 50.milliseconds) }
                    val failure = shouldThrow<RequestTimeoutException> {
                        nats.requestMany("svc", limits = RequestManyLimits { total = 50.milliseconds }).toList()
                    }
                    failure.timeout shouldBe 50.milliseconds
                    nats.stats().pendingRequests shouldBe 0
                }
            }
        }
    })
