package dev.midge.nats.internal.connection

import dev.midge.nats.ProtocolException
import dev.midge.nats.ServerInfo
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.datatest.withTests
import io.kotest.matchers.shouldBe

private fun urls(count: Int) = List(count) { "\"10.0.0.1:$it\"" }.joinToString(",", """{"connect_urls":[""", "]}")

class ServerInfoCodecSpec :
    FunSpec({
        test("fields are read, unknown ones skipped, missing and null ones have their defaults") {
            ServerInfoCodec.decode("{}") shouldBe ServerInfo()
            val json = """{"server_id":"NDX","port":4222,"max_payload":10,"ldm":true,"nonce":null,"go":[{"x":1}],"connect_urls":["a:1"]}"""
            ServerInfoCodec.decode(json) shouldBe
                ServerInfo(serverId = "NDX", port = 4222, maxPayload = 10, lameDuck = true, connectUrls = listOf("a:1"))
        }

        context("what a server would not send is refused") {
            withTests(
                nameFn = { (name, _) -> name },
                listOf(
                    "no JSON" to "{",
                    "no object" to "[]",
                    "a text for a flag" to """{"headers":"yes"}""",
                    "a port beyond the last" to """{"port":65536}""",
                    "a port that an Int would wrap to a good one" to """{"port":4294971518}""",
                    "a negative size" to """{"max_payload":-1}""",
                    "a size beyond a Long" to """{"max_payload":9223372036854775808}""",
                    "a name of 1,025 characters" to """{"server_name":"${"n".repeat(ServerInfoCodec.MAX_TEXT + 1)}"}""",
                    "a URL of 1,025 characters" to """{"connect_urls":["${"n".repeat(ServerInfoCodec.MAX_TEXT + 1)}"]}""",
                    "1,025 URLs" to urls(ServerInfoCodec.MAX_CONNECT_URLS + 1),
                    "8,193 values in a field that is skipped" to """{"x":[${"1,".repeat(ServerInfoCodec.MAX_VALUES)}1]}""",
                    "100,000 nested arrays" to """{"x":${"[".repeat(100_000)}""",
                    "5,000 nested objects" to """{"x":""".repeat(5_000),
                    "5,000 nested objects, closed" to """{"x":""".repeat(5_000) + "1" + "}".repeat(5_000),
                ),
            ) { (_, json) -> shouldThrow<ProtocolException> { ServerInfoCodec.decode(json) } }
        }

        test("what stands in a text is not counted as values, and the largest cluster is read") {
            val name = "[{,".repeat(300) + "\\\"[\\\\"
            ServerInfoCodec.decode("""{"server_name":"$name","x":1}""").serverName shouldBe "[{,".repeat(300) + "\"[\\"
            ServerInfoCodec.decode(urls(ServerInfoCodec.MAX_CONNECT_URLS)).connectUrls.size shouldBe ServerInfoCodec.MAX_CONNECT_URLS
        }
    })
