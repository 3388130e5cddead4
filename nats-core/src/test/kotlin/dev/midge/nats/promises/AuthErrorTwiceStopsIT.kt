package dev.midge.nats.promises

import dev.midge.nats.AuthenticationException
import dev.midge.nats.NatsAuth
import dev.midge.nats.NatsEvent
import dev.midge.nats.ReconnectOptions
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.comparables.shouldBeLessThanOrEqualTo
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import java.util.concurrent.atomic.AtomicInteger
import kotlin.time.Duration.Companion.milliseconds

private fun users(password: String) = "authorization { users: [ { user: app, password: $password } ] }"

private val atOnce = ReconnectOptions {
    wait = 20.milliseconds
    jitter = 0.milliseconds
}

class AuthErrorTwiceStopsIT :
    FunSpec({
        for (version in serverVersions) {
            promise("the same refusal twice by one server ends the connection, on nats-server $version") {
                val server = server(version) { config = users("first") }
                val nats = connection(server.url) {
                    auth = NatsAuth.UserPassword("app", "first")
                    reconnect = atOnce
                }
                nats.connect()
                val events = eventsOf(nats)
                server.reload(users("second"))
                val closed = events.next<NatsEvent.Closed>()
                closed.cause.shouldBeInstanceOf<AuthenticationException>()
                val refusals = events.all.filterIsInstance<NatsEvent.ReconnectFailed>()
                refusals.size shouldBeLessThanOrEqualTo 2
                refusals.forEach { it.cause.shouldBeInstanceOf<AuthenticationException>() }
            }

            promise("one refusal ends nothing: the next attempt may show other credentials, on nats-server $version") {
                val server = server(version) { config = users("right") }
                val proxy = proxy(server.port)
                val passwords = ArrayDeque(listOf("right", "wrong", "right"))
                val nats = connection(proxy.url) {
                    auth = NatsAuth.Supplied { NatsAuth.UserPassword("app", passwords.removeFirst()) }
                    reconnect = atOnce
                }
                nats.connect()
                val events = eventsOf(nats)
                proxy.closeConnections()
                events.next<NatsEvent.ReconnectFailed>().cause.shouldBeInstanceOf<AuthenticationException>()
                events.nextSeen { it is NatsEvent.Reconnected || it is NatsEvent.Closed }.event.shouldBeInstanceOf<NatsEvent.Reconnected>()
                nats.flush()
            }

            promise("by option it goes on, and is let in when the server changes its mind, on nats-server $version") {
                val server = server(version) { config = users("first") }
                val nats = connection(server.url) {
                    auth = NatsAuth.UserPassword("app", "first")
                    reconnect = atOnce.copy { stopOnAuthErrors = false }
                }
                nats.connect()
                val events = eventsOf(nats)
                server.reload(users("second"))
                repeat(5) { events.next<NatsEvent.ReconnectFailed>().cause.shouldBeInstanceOf<AuthenticationException>() }
                server.reload(users("first"))
                events.next<NatsEvent.Reconnected>()
                nats.flush()
            }

            promise("credentials are read again at every attempt, on nats-server $version") {
                val server = server(version) { config = users("first") }
                val password = java.util.concurrent.atomic.AtomicReference("first")
                val asked = AtomicInteger()
                val nats = connection(server.url) {
                    auth = NatsAuth.Supplied {
                        asked.incrementAndGet()
                        NatsAuth.UserPassword("app", password.get())
                    }
                    reconnect = atOnce
                }
                nats.connect()
                asked.get() shouldBe 1
                val events = eventsOf(nats)
                password.set("second")
                server.reload(users("second"))
                events.next<NatsEvent.Reconnected>()
                nats.flush()
                asked.get() shouldBe nats.stats().connects.toInt() + events.all.count { it is NatsEvent.ReconnectFailed }
            }
        }

        promise("a refusal is the answer to the first connect, and to whoever was first to use the connection") {
            val server = server { config = users("right") }
            fun wrong() = connection(server.url) { auth = NatsAuth.UserPassword("app", "wrong") }
            shouldThrow<AuthenticationException> { wrong().connect() }
            shouldThrow<AuthenticationException> { wrong().flush() }
            shouldThrow<AuthenticationException> { wrong().publish("a") }
            shouldThrow<AuthenticationException> { wrong().subscribe("a") }
            shouldThrow<AuthenticationException> { wrong().request("a") }
        }
    })
