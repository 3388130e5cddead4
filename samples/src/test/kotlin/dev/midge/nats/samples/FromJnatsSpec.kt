package dev.midge.nats.samples

import dev.midge.nats.NatsEvent
import dev.midge.nats.NoRespondersException
import dev.midge.nats.RequestTimeoutException
import dev.midge.nats.ServiceErrorException
import dev.midge.nats.java.NatsClient
import dev.midge.nats.testing.EmbeddedNatsServer
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainAll
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.ints.shouldBeGreaterThan
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import io.nats.client.Connection
import io.nats.client.ErrorListener
import io.nats.client.Nats
import io.nats.client.Options
import java.nio.file.Path
import java.time.Duration
import java.util.concurrent.CancellationException
import java.util.concurrent.CompletableFuture
import java.util.concurrent.ExecutionException
import java.util.concurrent.TimeUnit.SECONDS
import kotlin.io.path.readText

private val nothing = ByteArray(0)

/** Long enough for what happens, at once, on this machine. */
private val longEnough = Duration.ofSeconds(20)

/** Runs [test] with a client of each kind, connected to one server. */
private fun withBoth(test: (jnats: Connection, midge: NatsClient) -> Unit) = EmbeddedNatsServer.start().use { server ->
    Nats.connect(server.url).use { jnats -> NatsClient.connect(server.url).use { midge -> test(jnats, midge) } }
}

/** docs/from-jnats.md shows what the compiler saw, and says what both clients do. */
class FromJnatsSpec :
    FunSpec({
        val sources = listOf("JnatsCalls", "MidgeCalls").map { snippetsOf("java/dev/midge/nats/samples/java/$it.java") }

        test("both sides of every pair are compiled as they are shown, jnats first") {
            val (jnats, midge) = sources
            jnats.size shouldBeGreaterThan 15
            jnats.map { it.lines().first() }.toSet() shouldBe setOf("// jnats")
            midge.map { it.lines().first() }.toSet() shouldBe setOf("// Midge")
            shownIn("docs/from-jnats.md", "java") shouldContainExactly jnats.zip(midge).flatMap { (theirs, ours) -> listOf(theirs, ours) }
        }

        test("every event is named, and there is none of another name") {
            val named = Regex("NatsEvent\\.(\\w+)").findAll(Path.of("../docs/from-jnats.md").readText()).map { it.groupValues[1] }.toSet()
            val events = NatsEvent::class.java.declaredClasses.map { it.simpleName }
            named shouldContainAll events
            events shouldContainAll named
        }

        test("nobody there: null from jnats, an exception from Midge") {
            withBoth { jnats, midge ->
                jnats.request("nobody.home", nothing, longEnough).shouldBeNull()
                shouldThrow<NoRespondersException> { midge.request("nobody.home", nothing, longEnough) }
            }
        }

        test("no reply in time: null from jnats, an exception from Midge") {
            withBoth { jnats, midge ->
                midge.subscribe("silence") {}
                midge.flush()
                jnats.request("silence", nothing, Duration.ofMillis(50)).shouldBeNull()
                shouldThrow<RequestTimeoutException> { midge.request("silence", nothing, Duration.ofMillis(50)) }
            }
        }

        test("an error as the reply: a message from jnats, an exception from Midge") {
            withBoth { jnats, midge ->
                midge.respond("broken") { error("no") }
                midge.flush()
                val reply = jnats.request("broken", nothing, longEnough).shouldNotBeNull()
                reply.headers.getFirst("Nats-Service-Error-Code") shouldBe "500"
                shouldThrow<ServiceErrorException> { midge.request("broken", nothing, longEnough) }.code shouldBe 500
            }
        }

        test("the future of a request to nobody: cancelled by jnats, failed with the exception by Midge") {
            withBoth { jnats, midge ->
                shouldThrow<CancellationException> { jnats.request("nobody.home", nothing).get() }
                shouldThrow<ExecutionException> { midge.async().request("nobody.home", nothing).get() }
                    .cause.shouldBeInstanceOf<NoRespondersException>()
            }
        }

        test("a message without headers: null from jnats, no headers from Midge") {
            withBoth { jnats, midge ->
                val theirs = jnats.subscribe("plain")
                val ours = midge.subscribe("plain")
                jnats.flush(longEnough)
                midge.publish("plain", nothing)
                theirs.nextMessage(longEnough).shouldNotBeNull().headers.shouldBeNull()
                ours.next(longEnough).get().headers.isEmpty() shouldBe true
                ours.close()
            }
        }

        test("no message in time: null from jnats, empty from Midge") {
            withBoth { jnats, midge ->
                jnats.subscribe("nothing").nextMessage(Duration.ofMillis(20)).shouldBeNull()
                midge.subscribe("nothing").next(Duration.ofMillis(20)).isPresent shouldBe false
            }
        }

        test("unsubscribed with a message waiting: gone with jnats, still there with Midge") {
            withBoth { jnats, midge ->
                val theirs = jnats.subscribe("last.words")
                val ours = midge.subscribe("last.words")
                jnats.flush(longEnough)
                midge.publish("last.words", nothing)
                midge.flush()
                // The PONG is behind the message, which its reader has then queued.
                jnats.flush(longEnough)
                theirs.unsubscribe()
                ours.unsubscribe()
                shouldThrow<IllegalStateException> { theirs.nextMessage(longEnough) }
                ours.next(longEnough).isPresent shouldBe true
                ours.next(longEnough).isPresent shouldBe false
            }
        }

        test("a handler that throws: told to jnats's error listener, an event of Midge") {
            EmbeddedNatsServer.start().use { server ->
                val theirs = CompletableFuture<Exception>()
                val ours = CompletableFuture<NatsEvent.HandlerFailed>()
                val listener = object : ErrorListener {
                    override fun exceptionOccurred(connection: Connection, exception: Exception) {
                        theirs.complete(exception)
                    }
                }
                Nats.connect(Options.builder().server(server.url).errorListener(listener).build()).use { jnats ->
                    NatsClient.connect(server.url).use { midge ->
                        midge.onEvent { if (it is NatsEvent.HandlerFailed) ours.complete(it) }
                        jnats.createDispatcher { error("theirs") }.subscribe("trouble")
                        jnats.flush(longEnough)
                        midge.subscribe("trouble") { error("ours") }
                        midge.publish("trouble", nothing)
                        theirs.orTimeout(longEnough.toSeconds(), SECONDS).join().message shouldBe "theirs"
                        ours.orTimeout(longEnough.toSeconds(), SECONDS).join().cause.message shouldBe "ours"
                    }
                }
            }
        }
    })
