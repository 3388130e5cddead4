package dev.midge.nats.internal.connection

import dev.midge.nats.BufferOptions
import dev.midge.nats.NatsEvent
import dev.midge.nats.ProtocolException
import dev.midge.nats.scripted.ScriptedNetwork
import dev.midge.nats.scripted.ScriptedServer
import io.kotest.core.spec.style.FunSpec
import io.kotest.datatest.withTests
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.first

private const val MIB = 1024 * 1024
private const val PLENTY = 1024L * MIB

class PayloadLimitSpec :
    FunSpec({
        context("the limit follows the server's, with room, and is no reason to fill the heap") {
            withTests(
                listOf(
                    Triple(0L, PLENTY, 8),
                    Triple(1L * MIB, PLENTY, 8),
                    Triple(8L * MIB, PLENTY, 16),
                    Triple(64L * MIB, PLENTY, 64),
                    Triple(Long.MAX_VALUE, PLENTY, 64),
                    Triple(Long.MAX_VALUE, 96L * MIB, 48),
                    Triple(Long.MAX_VALUE, 4L * MIB, 8),
                ),
            ) { (maxPayload, heap, limit) -> PayloadLimit.of(BufferOptions(), maxPayload, heap) shouldBe limit * MIB }
        }

        test("what the user says is the limit, whatever the server says") {
            PayloadLimit.of(BufferOptions { maxIncomingPayload = 100 }, Long.MAX_VALUE, 1) shouldBe 100
            PayloadLimit.of(BufferOptions { maxIncomingPayload = Int.MAX_VALUE }, 0, 1) shouldBe Int.MAX_VALUE
        }

        for ((before, after) in listOf(1 * MIB to 5 * MIB, 5 * MIB to 1 * MIB)) {
            test("a message may be as long as the largest limit that the server has said: $before B, then $after B") {
                val network = ScriptedNetwork()
                val nats = network.connection()
                coroutineScope {
                    val lost = async(start = CoroutineStart.UNDISPATCHED) {
                        nats.events.filterIsInstance<NatsEvent.Disconnected>().first().cause
                    }
                    val connected = async { nats.connect() }
                    val server = network.accept()
                    server.letIn(ScriptedServer.INFO.replace("1048576", "$before"))
                    connected.await()
                    server.send("INFO ${ScriptedServer.INFO.replace("1048576", "$after")}\r\n")
                    server.send("MSG a 9 ${10 * MIB}\r\n")
                    server.send("x".repeat(10 * MIB) + "\r\nMSG a 9 ${10 * MIB + 1}\r\n")
                    lost.await().shouldBeInstanceOf<ProtocolException>().message shouldContain "more than the limit of ${10 * MIB} B"
                }
                nats.close()
            }
        }
    })
