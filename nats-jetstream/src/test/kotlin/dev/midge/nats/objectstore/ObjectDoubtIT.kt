package dev.midge.nats.objectstore

import dev.midge.nats.NatsConnection
import dev.midge.nats.ReconnectOptions
import dev.midge.nats.jetstream.fixtures.SharedServers
import dev.midge.nats.jetstream.fixtures.serverVersions
import dev.midge.nats.jetstream.fixtures.until
import dev.midge.nats.jetstream.jetStream
import dev.midge.nats.testing.FaultProxy
import dev.midge.nats.testing.FaultProxy.Direction
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import java.time.Duration
import kotlin.time.Duration.Companion.milliseconds

private val options = PutOptions { chunkSize = 100 }

/** Puts 500 bytes as "a" over a link that is lost before its last answer, with what others do [meanwhile]. */
private suspend fun StoreScope.putUnanswered(meanwhile: suspend () -> Unit): Result<ObjectInfo> =
    FaultProxy.start(SharedServers.of(version).port).use { proxy ->
        val own = NatsConnection(proxy.url) {
            reconnect = ReconnectOptions {
                wait = 5.milliseconds
                jitter = 0.milliseconds
            }
        }
        try {
            own.connect()
            coroutineScope {
                // Long enough to be seen by others before the answer is there.
                proxy.delay(Duration.ofMillis(300), Direction.SERVER_TO_CLIENT)
                val put = async { runCatching { own.jetStream().objectStore(bucket).put("a", someBytes(500), options) } }
                until { store.info("a")?.size == 500L }
                proxy.pause(Direction.SERVER_TO_CLIENT)
                meanwhile()
                proxy.resetConnections()
                proxy.heal()
                put.await()
            }
        } finally {
            own.close()
        }
    }

/** What becomes of an object that is stored, if others change it before its client was told. */
class ObjectDoubtIT :
    FunSpec({
        for (version in serverVersions) {
            storeTest("an object of which nobody said that it is stored keeps its bytes when others describe it", version) {
                store.put("a", someBytes(300), options)
                putUnanswered { store.updateMeta("a") { description = "theirs" } }.getOrThrow().size shouldBe 500
                store.get("a").apply {
                    info.description shouldBe "theirs"
                    bytes() shouldBe someBytes(500)
                }
                chunks() shouldBe 5
            }

            storeTest("an object of which nobody said that it is stored keeps its bytes when others rename it", version) {
                store.put("a", someBytes(300), options)
                // On a slow machine it may have been told in time.
                putUnanswered { store.updateMeta("a") { name = "b" } }.onFailure { it.shouldBeInstanceOf<ObjectUnconfirmedException>() }
                store.info("a").shouldBeNull()
                store.get("b").bytes() shouldBe someBytes(500)
            }

            storeTest("an object of which nobody said that it is stored leaves nothing when others replace it", version) {
                store.put("a", someBytes(300), options)
                putUnanswered { store.put("a", someBytes(700), options) }.getOrThrow().size shouldBe 500
                store.get("a").bytes() shouldBe someBytes(700)
                chunks() shouldBe 7
            }
        }
    })
