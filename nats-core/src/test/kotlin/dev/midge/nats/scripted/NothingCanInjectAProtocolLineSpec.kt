package dev.midge.nats.scripted

import dev.midge.nats.AuthResponse
import dev.midge.nats.Headers
import dev.midge.nats.InvalidHeaderException
import dev.midge.nats.InvalidQueueGroupException
import dev.midge.nats.InvalidSubjectException
import dev.midge.nats.NatsAuth
import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsEvent
import dev.midge.nats.NatsException
import dev.midge.nats.NatsOptions
import dev.midge.nats.Subject
import dev.midge.nats.internal.auth.KNOWN_SEED
import dev.midge.nats.use
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeIn
import io.kotest.matchers.collections.shouldContain
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldMatch
import io.kotest.property.Arb
import io.kotest.property.arbitrary.element
import io.kotest.property.arbitrary.list
import io.kotest.property.arbitrary.map
import io.kotest.property.checkAll
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.first
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import java.net.URLEncoder

private const val NONCE_INFO = """{"server_id":"S","version":"2.10.0","proto":1,"headers":true,"max_payload":1048576,"nonce":"n"}"""

/** What an attacker would try, and what a program passes on by accident. */
private val attacks = listOf(
    "ok",
    "a\r\nPUB evil 0\r\n\r\n",
    "a\nPUB evil 0\n\n",
    "a\rPUB evil 0\r\r",
    "a 0\r\n\r\nSUB > 99\r\n",
    "a\r\n\r\nSUB > 99\r\n",
    "a b",
    "a\tb",
    "a\u0000b",
    "a\u000Bb",
    "a\u000Cb",
    "a\u0085b",
    "a\u2028PUB evil 0\u2029",
    "a\uFEFFb",
    "\uD800",
    "a\uDC00b",
    // U+010D, U+010A: the low bytes are CR and LF.
    "a\u010D\u010APUB evil 0",
    "a\"}\r\nPUB evil 0\r\n\r\n",
    "\\\"}",
    "\"",
    "\\",
    "a\u0001\u001F\u007Fb",
    "größe.😀",
)

private val pieces =
    listOf("a", ".", "\r", "\n", "\r\n", " ", "\t", "\u0000", "\"", "\\", "\u2028", "\u0085", "\uD83D", "\uDE00", "PUB x 0", ":")
private val mixtures: Arb<String> = Arb.list(Arb.element(pieces), 1..6).map { it.joinToString("") }

/** Text as it looks on the wire, one character a byte. */
private fun wire(text: String): String = text.encodeToByteArray().toString(Charsets.ISO_8859_1)

private fun frame(text: String): String = Regex.escape(wire(text))

private fun headerFrame(name: String, value: String): String {
    val block = "NATS/1.0\r\n$name: $value\r\n\r\n"
    val size = block.encodeToByteArray().size
    return frame("HPUB s $size $size\r\n$block\r\n")
}

/** What ends a line or an argument. */
private const val ENDS_ARGUMENT = "\r\n \t\u0000"

/**
 * Passes a text to the connection by one way, and returns what then has to be on the wire, as a regular expression. A text with one of the
 * [forbidden] characters must not get there.
 */
private class Entry(val name: String, val forbidden: String = ENDS_ARGUMENT, val call: suspend NatsConnection.(String) -> String) {
    override fun toString(): String = name
}

/** Starts what waits for an answer that never comes, up to where it waits. */
private suspend fun started(block: suspend () -> Unit) = coroutineScope {
    val running = async(start = CoroutineStart.UNDISPATCHED) { runCatching { block() } }
    if (running.isCompleted) running.await().getOrThrow()
    running.cancelAndJoin()
}

private const val INBOX = """_INBOX\.[\w-]+\.\d+"""

private val entries = listOf(
    Entry("subject of publish") {
        publish(it)
        frame("PUB $it 0\r\n\r\n")
    },
    Entry("subject of tryPublish") {
        tryPublish(Subject(it), ByteArray(0))
        frame("PUB $it 0\r\n\r\n")
    },
    Entry("reply subject") {
        publish("s", ByteArray(1) { 'x'.code.toByte() }, replyTo = it)
        frame("PUB s $it 1\r\nx\r\n")
    },
    Entry("header name", "$ENDS_ARGUMENT:") {
        publish("s", headers = Headers.of(it to "v"))
        headerFrame(it, "v")
    },
    Entry("header value", "\r\n") {
        publish("s", headers = Headers.Empty.with("n", it))
        headerFrame("n", it)
    },
    Entry("header of a map") {
        publish("s", headers = Headers.of(mapOf(it to listOf(it))))
        headerFrame(it, it)
    },
    Entry("subject of request") {
        started { request(it) }
        frame("PUB $it ") + INBOX + frame(" 0\r\n\r\n")
    },
    Entry("subject of requestMany") {
        started { requestMany(it).collect {} }
        frame("PUB $it ") + INBOX + frame(" 0\r\n\r\n")
    },
    Entry("subject of subscribe") {
        frame("SUB $it ${subscribe(it).sid}\r\n")
    },
    Entry("queue group of subscribe") {
        frame("SUB s $it ${subscribe("s", queueGroup = it).sid}\r\n")
    },
    Entry("subject and queue group of a handler") {
        frame("SUB $it $it ${subscribe(it, queueGroup = it) {}.sid}\r\n")
    },
    Entry("subject and queue group of an inline handler") {
        frame("SUB $it $it ${subscribeInline(it, queueGroup = it) {}.sid}\r\n")
    },
    Entry("subject and queue group of messages") {
        started { messages(it, queueGroup = it).collect {} }
        frame("SUB $it $it ") + """\d+\r\nUNSUB \d+\r\n"""
    },
    Entry("subject and queue group of respond") {
        frame("SUB $it $it ${respond(it, queueGroup = it) { ByteArray(0) }.sid}\r\n")
    },
)

/** Sends [text] by [entry]: either a typed exception and nothing written, or just the one frame. */
private suspend fun attempt(entry: Entry, text: String, nats: NatsConnection, server: RecordingServer): Boolean {
    val outcome = runCatching { entry.call(nats, text) }
    nats.flush()
    val written = server.taken().removeSuffix(RecordingServer.PING)
    withClue("${entry.name}: ${text.map { "%04X".format(it.code) }}") {
        outcome.onFailure { error ->
            error::class shouldBeIn listOf(InvalidSubjectException::class, InvalidQueueGroupException::class, InvalidHeaderException::class)
            written shouldBe ""
        }.onSuccess { expected ->
            written shouldMatch Regex(expected)
            text.none { it in entry.forbidden } shouldBe true
        }
    }
    return outcome.isSuccess
}

/** One field of CONNECT, by one way to set it. */
private class Field(val name: String, val key: String, val set: NatsOptions.Builder.(String) -> Unit) {
    override fun toString(): String = name
}

private val fields = listOf(
    Field("connection name", "name") { name = it },
    Field("user", "user") { auth = NatsAuth.UserPassword(it, "p") },
    Field("password", "pass") { auth = NatsAuth.UserPassword("u", it) },
    Field("token", "auth_token") { auth = NatsAuth.Token(it) },
    Field("supplied user", "user") { auth = NatsAuth.Supplied { NatsAuth.UserPassword(it, "p") } },
    Field("supplied token", "auth_token") { auth = NatsAuth.Supplied { NatsAuth.Token(it) } },
    Field("JWT", "jwt") { auth = NatsAuth.Jwt(it, NatsAuth.NKey(KNOWN_SEED)) },
    Field("user of an authenticator", "user") { auth = NatsAuth.Authenticator { _ -> AuthResponse { user = it } } },
    Field("password of an authenticator", "pass") { auth = NatsAuth.Authenticator { _ -> AuthResponse { password = it } } },
    Field("token of an authenticator", "auth_token") { auth = NatsAuth.Authenticator { _ -> AuthResponse { token = it } } },
    Field("JWT of an authenticator", "jwt") { auth = NatsAuth.Authenticator { _ -> AuthResponse { jwt = it } } },
    Field("NKey of an authenticator", "nkey") { auth = NatsAuth.Authenticator { _ -> AuthResponse { nkey = it } } },
    Field("user of the URL", "user") { servers = "nats://${encoded(it)}:p@recorded" },
    Field("password of the URL", "pass") { servers = "nats://u:${encoded(it)}@recorded" },
    Field("token of the URL", "auth_token") { servers = "nats://${encoded(it)}@recorded" },
)

private fun encoded(text: String): String = URLEncoder.encode(text, Charsets.UTF_8).replace("+", "%20")

/** Connects with [text] in [field]: CONNECT is one line that holds it, and there is no other. */
private suspend fun connectWith(field: Field, text: String) {
    val server = RecordingServer(NONCE_INFO)
    server.connection { field.set(this, text) }.use { nats ->
        nats.connect()
        withClue("${field.name}: ${text.map { "%04X".format(it.code) }}") {
            val written = server.taken()
            val json = written.removePrefix("CONNECT ").removeSuffix("\r\nPING\r\n")
            written shouldBe "CONNECT $json\r\nPING\r\n"
            json.none { it < ' ' } shouldBe true
            val utf8 = json.toByteArray(Charsets.ISO_8859_1).decodeToString()
            // A half of a surrogate pair has no UTF-8 form; a JWT is trimmed.
            val sent = text.encodeToByteArray().decodeToString().let { if (field.name == "JWT") it.trim() else it }
            Json.parseToJsonElement(utf8).jsonObject.getValue(field.key).jsonPrimitive.content shouldBe sent
        }
    }
}

class NothingCanInjectAProtocolLineSpec :
    FunSpec({
        for (entry in entries) {
            test("$entry: a typed exception and nothing written, or one frame") {
                val server = RecordingServer()
                server.connection().use { nats ->
                    nats.connect()
                    // The inbox subscription goes out with the first request.
                    started { nats.request("warm") }
                    nats.flush()
                    server.taken()
                    val outcomes = attacks.mapTo(HashSet()) { attempt(entry, it, nats, server) }
                    checkAll(300, mixtures) { outcomes += attempt(entry, it, nats, server) }
                    outcomes shouldContain true
                    outcomes shouldContain false
                }
            }
        }

        for (field in fields) {
            test("$field: CONNECT stays one line of JSON") {
                attacks.forEach { connectWith(field, it) }
                checkAll(50, mixtures) { connectWith(field, it) }
            }
        }

        test("inbox prefix: refused, or the first part of one subject") {
            for (text in attacks) {
                val server = RecordingServer()
                val made = runCatching { server.connection { inboxPrefix = text } }
                made.onFailure { (it is NatsException) shouldBe true }.onSuccess { nats ->
                    nats.use {
                        nats.connect()
                        started { nats.request("s") }
                        nats.flush()
                        val inbox = frame(text) + """\.[\w-]+\."""
                        server.taken().substringAfter("PING\r\n") shouldMatch
                            Regex("""SUB $inbox\* \d+\r\nPUB s $inbox\d+ 0\r\n\r\nPING\r\n""")
                        text.none { it in ENDS_ARGUMENT } shouldBe true
                    }
                }
            }
        }

        test("the words of an exception that a responder throws stay in their header") {
            val server = RecordingServer()
            server.connection().use { nats ->
                val words = ArrayDeque(attacks)
                val subscription = nats.respond("s") { error(words.removeFirst()) }
                for (text in attacks) {
                    nats.flush()
                    server.taken()
                    coroutineScope {
                        val failed =
                            async(start = CoroutineStart.UNDISPATCHED) { nats.events.filterIsInstance<NatsEvent.HandlerFailed>().first() }
                        server.send("MSG s ${subscription.sid} r 0\r\n\r\n")
                        failed.await()
                    }
                    nats.flush()
                    val told = wire("IllegalStateException: $text").replace('\r', ' ').replace('\n', ' ')
                    val block = "NATS/1.0\r\nNats-Service-Error-Code: 500\r\nNats-Service-Error: $told\r\n\r\n"
                    server.taken() shouldBe "HPUB r ${block.length} ${block.length}\r\n$block\r\nPING\r\n"
                }
            }
        }

        test("a reply subject with a bare CR in it, which no honest server sends, is not answered") {
            val server = RecordingServer()
            server.connection().use { nats ->
                val subscription = nats.respond("s") { ByteArray(0) }
                nats.flush()
                server.taken()
                coroutineScope {
                    val failed =
                        async(start = CoroutineStart.UNDISPATCHED) { nats.events.filterIsInstance<NatsEvent.HandlerFailed>().first() }
                    server.send("MSG s ${subscription.sid} r\rPUB 0\r\n\r\n")
                    (failed.await().cause is InvalidSubjectException) shouldBe true
                }
                nats.flush()
                server.taken() shouldBe "PING\r\n"
            }
        }
    })
