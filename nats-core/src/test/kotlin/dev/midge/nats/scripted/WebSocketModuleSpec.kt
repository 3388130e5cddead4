package dev.midge.nats.scripted

import dev.midge.nats.ConnectFailedException
import dev.midge.nats.NatsConnection
import dev.midge.nats.use
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.string.shouldContain

class WebSocketModuleSpec :
    FunSpec({
        test("without the module that opens WebSockets, the failure says which one to add") {
            for (url in listOf("ws://127.0.0.1:1", "wss://127.0.0.1:1")) {
                NatsConnection(url).use { nats ->
                    shouldThrow<ConnectFailedException> { nats.connect() }.message shouldContain "add dev.midge:nats-websocket"
                }
            }
        }
    })
