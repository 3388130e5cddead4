package dev.midge.nats.promises

import dev.midge.nats.testing.ScriptedConnection
import dev.midge.nats.testing.ScriptedNatsServer
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.comparables.shouldBeLessThanOrEqualTo
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit
import kotlin.random.Random
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

private const val MIB = 1024 * 1024

/** Bytes that no server may send, and under what name they stand in a report. */
private class Hostile(val name: String, val bytes: ByteArray, val messages: Int = 0) {
    constructor(name: String, text: String, messages: Int = 0) : this(name, text.encodeToByteArray(), messages)
}

/** An INFO that makes a client believe anything possible. */
private const val ANY_SIZE = """INFO {"server_id":"S","proto":1,"headers":true,"max_payload":9223372036854775807}"""

private val violations = listOf(
    Hostile("an unknown operation", "NONSENSE\r\n"),
    Hostile("another protocol", "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
    Hostile("a TLS alert", byteArrayOf(21, 3, 3, 0, 2, 2, 40)),
    Hostile("zeros", ByteArray(1_000)),
    Hostile("noise", Random(1).nextBytes(10_000).also { it[0] = 0 }),
    Hostile("a negative size", "MSG a 2 -1\r\n"),
    Hostile("a size of more than 64 bits", "MSG a 2 99999999999999999999999\r\n"),
    Hostile("a size that overflows an Int", "MSG a 2 4294967297\r\nx\r\n"),
    Hostile("a hexadecimal size", "MSG a 2 0x10\r\n"),
    Hostile("one byte more than may be", "MSG a 2 ${VICTIM_MAX_PAYLOAD + 1}\r\n"),
    Hostile("a payload longer than its size", "MSG a 2 5\r\nhello world\r\n"),
    Hostile("a subscription id of more than 64 bits", "MSG a 99999999999999999999999 1\r\nx\r\n"),
    Hostile("too few arguments", "MSG a\r\n"),
    Hostile("too many arguments", "MSG a 2 b 1 1\r\nx\r\n"),
    Hostile("more header bytes than bytes", "HMSG a 2 9 5\r\n"),
    Hostile("header bytes beyond their limit", "$ANY_SIZE\r\nHMSG a 2 ${16 * MIB + 1} ${16 * MIB + 2}\r\n"),
    Hostile("40 MiB where INFO says 1 MiB", "MSG a 2 ${40 * MIB}\r\n".encodeToByteArray() + ByteArray(40 * MIB)),
    Hostile("more than half the heap, whatever INFO says", "$ANY_SIZE\r\nMSG a 2 ${48 * MIB + 1}\r\n"),
    Hostile("a message line without end", "MSG ".encodeToByteArray() + ByteArray(4 * MIB) { 'a'.code.toByte() }),
    Hostile("an error without end", "-ERR '".encodeToByteArray() + ByteArray(4 * MIB) { 'a'.code.toByte() }),
    Hostile("an INFO without end", "INFO {\"server_id\":\"".encodeToByteArray() + ByteArray(4 * MIB) { 'a'.code.toByte() }),
    Hostile("an INFO that is 200,000 levels deep", "INFO " + "[".repeat(200_000) + "\r\n"),
    Hostile("an INFO that is no object", "INFO null\r\n"),
    Hostile("an INFO with a negative limit", "INFO {\"max_payload\":-1}\r\n"),
    Hostile("an INFO that names 10,000 servers", info(1, 10_000)),
    Hostile("an INFO whose fields have other types", "INFO {\"connect_urls\":{\"a\":1}}\r\n"),
)

/** What is odd or too much, but not wrong: the connection bears it. */
private val floods = listOf(
    Hostile("100,000 PINGs", "PING\r\n".repeat(100_000)),
    Hostile("100,000 PONGs that nobody asked for", "PONG\r\n".repeat(100_000)),
    Hostile("100,000 acknowledgements", "+OK\r\n".repeat(100_000)),
    Hostile("100,000 errors", "-ERR 'Slow down'\r\n".repeat(100_000)),
    Hostile("100,000 messages for nobody", "MSG a 999 1\r\nx\r\n".repeat(100_000)),
    Hostile("1,000 INFOs of 1,000 servers each", (1..1_000).joinToString("") { info(it, 1_000) }),
    Hostile("100,000 malformed header blocks", "HMSG a 2 12 12\r\nNATS/9.9\r\n\r\n\r\n".repeat(100_000), messages = 100_000),
    Hostile(
        "the largest message",
        "MSG a 2 $VICTIM_MAX_PAYLOAD\r\n".encodeToByteArray() + ByteArray(VICTIM_MAX_PAYLOAD) + "\r\n".encodeToByteArray(),
        messages = 1,
    ),
)

/** What INFO allows. It takes most of the heap, so that it comes once. */
private val largest = Hostile(
    "40 MiB that INFO says may come",
    "$ANY_SIZE\r\nMSG a 2 ${40 * MIB}\r\n".encodeToByteArray() + ByteArray(40 * MIB) + "\r\n".encodeToByteArray(),
    messages = 1,
)

private fun info(round: Int, servers: Int): String {
    // Addresses where nobody is: the documentation range of RFC 5737.
    val urls = (1..servers).joinToString(",") { "\"192.0.2.${it % 255}:${1 + (it * 7 + round) % 65_000}\"" }
    return """INFO {"server_id":"S","version":"2.10.0","proto":1,"headers":true,"max_payload":1048576,"connect_urls":[$urls]}""" + "\r\n"
}

/** Said instead of INFO, CONNECT's answer or both. */
private val badManners = listOf(
    Hostile("garbage instead of INFO", "SSH-2.0-OpenSSH_9.2\r\n"),
    Hostile("PONG instead of INFO", "PONG\r\n"),
    Hostile("a message instead of INFO", "MSG a 2 1\r\nx\r\n"),
    Hostile("an INFO without end", "INFO {\"server_id\":\"".encodeToByteArray() + ByteArray(4 * MIB) { 'a'.code.toByte() }),
    Hostile("an INFO that is deep", "INFO " + "[".repeat(200_000) + "\r\n"),
    Hostile("an INFO that is no JSON", "INFO {]\r\n"),
)

/** The program in its small heap, and the server that it believes in. */
private class Duel(private val server: ScriptedNatsServer, private val victim: ChildJvm) {
    private var isFirst = true
    private var baseline = 0L
    private var expected = 0L

    /** A good connection, as the measure of all that follows. */
    suspend fun begin() {
        bears(Hostile("nothing", ""))
        baseline = heap().first
    }

    suspend fun ends(hostile: Hostile, event: String = "Disconnected", manners: ScriptedConnection.() -> Unit = { letIn() }) {
        val closed = CompletableFuture<Long>()
        server.accept {
            manners()
            val start = System.nanoTime()
            // The client may close before all was sent, and resets what it does not want to read.
            runCatching { send(hostile.bytes) }
            runCatching { awaitClose() }
            closed.complete(System.nanoTime() - start)
        }
        withClue(hostile.name) {
            val took = withContext(Dispatchers.IO) { closed.get(20, TimeUnit.SECONDS) }
            took shouldBeLessThanOrEqualTo 1.seconds.inWholeNanoseconds
            withTimeout(1.seconds) { victim.line(event) } shouldBe "ProtocolException"
            shouldNotHaveGrown()
        }
    }

    /** The connection lives: what follows [hostile] is handled. */
    suspend fun bears(hostile: Hostile) {
        val release = CompletableFuture<Unit>()
        server.accept {
            letIn()
            send(hostile.bytes)
            send("MSG a 2 2\r\nhi\r\n")
            release.get(30, TimeUnit.SECONDS)
        }
        expected += 1 + hostile.messages
        withClue(hostile.name) {
            withTimeout(20.seconds) { until { heap().second == expected } }
            if (baseline > 0) shouldNotHaveGrown()
        }
        release.complete(Unit)
        victim.line("Disconnected") shouldBe "ConnectionLostException"
    }

    suspend fun end() {
        server.accept {
            letIn()
            runCatching { while (true) if (readLine() == "PING") send("PONG\r\n") }
        }
        victim.line("Reconnected")
        victim.say("end")
        victim.line("state ") shouldBe "Closed"
        withContext(Dispatchers.IO) { victim.awaitExit(10.seconds) } shouldBe 0
    }

    /** Lets the client in and takes its subscription. */
    private fun ScriptedConnection.letIn() {
        handshake()
        expectLine("SUB a 2")
        if (!isFirst) {
            expect("PING\r\n")
            send("PONG\r\n")
        }
        isFirst = false
    }

    private suspend fun shouldNotHaveGrown() {
        heap().first - baseline shouldBeLessThanOrEqualTo 2L * VICTIM_MAX_PAYLOAD + MIB
    }

    /** Its used bytes, and how many messages it has received. */
    private suspend fun heap(): Pair<Long, Long> {
        victim.say("heap")
        return victim.line("heap ").split(' ').let { it[0].toLong() to it[1].toLong() }
    }
}

class HostileServerCannotHurtIT :
    FunSpec({
        promise("nothing that a server sends hangs, bloats or crashes the client in 96 MB of heap", 3.minutes) {
            val server = closing(ScriptedNatsServer.start(timeout = Duration.ofSeconds(30)))
            val arguments = listOf("-Xmx96m", "-XX:+ExitOnOutOfMemoryError")
            val victim = closing(ChildJvm("dev.midge.nats.promises.HostileServerVictimKt", arguments, listOf(server.url)))
            val duel = Duel(server, victim)
            duel.begin()
            violations.forEach { duel.ends(it) }
            badManners.forEach { duel.ends(it, event = "ReconnectFailed") { } }
            (floods + largest).forEach { duel.bears(it) }
            duel.end()
            figure("HostileServerCannotHurt: ${violations.size + badManners.size} violations and ${floods.size + 1} floods at -Xmx96m")
        }
    })
