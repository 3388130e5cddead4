package dev.midge.nats.websocket

import dev.midge.nats.HttpProxy
import dev.midge.nats.WebSocketOptions
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.string.shouldNotContain

class WebSocketOptionsSpec :
    FunSpec({
        test("headers that would inject lines, or that the WebSocket itself sets, are refused without saying their value") {
            val refused = mapOf(
                "X" to "a\r\nb", "X" to "a\nb", "X" to "a\u0000", "X" to "ä", "" to "v", "a b" to "v", "a:" to "v", "X\r\nY" to "v",
                "Upgrade" to "v", "connection" to "v", "Sec-WebSocket-Key" to "v", "sec-websocket-extensions" to "v",
                "Content-Length" to "0",
                "Transfer-Encoding" to "chunked",
            )
            (refused.toList() + listOf("X" to "s3cret\n", "X" to "s3cret\r")).forEach { (name, value) ->
                shouldThrow<IllegalArgumentException> { WebSocketOptions { headers = mapOf(name to value) } }.message!! shouldNotContain
                    "s3cret"
            }
            WebSocketOptions { headers = mapOf("Authorization" to "Bearer a.b-c=", "Cookie" to "a=\"b\"; c=d", "Host" to "other") }
        }

        test("a subprotocol is a token") {
            for (name in listOf("", "a b", "a,b", "a\r\nX: y", "ä")) {
                shouldThrow<IllegalArgumentException> { WebSocketOptions { subprotocols = listOf(name) } }
            }
        }

        test("a proxy has a host, a port, and credentials or none") {
            listOf<() -> Unit>(
                { HttpProxy("", 1) },
                { HttpProxy("a\r\nb", 1) },
                { HttpProxy("a", 0) },
                { HttpProxy("a", 65_536) },
                { HttpProxy("a", 1, user = "joe", password = null) },
                { HttpProxy("a", 1, user = null, password = "p") },
                { HttpProxy("a", 1, user = "j:oe", password = "p") },
            ).forEach { shouldThrow<IllegalArgumentException>(it) }
        }
    })
