package dev.midge.nats.scripted

import dev.midge.nats.NatsEvent
import dev.midge.nats.TimeoutOptions
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.comparables.shouldBeGreaterThan
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.isActive
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import java.util.concurrent.ConcurrentHashMap
import kotlin.random.Random
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

private const val ROUNDS = 60

class MoveStressSpec :
    FunSpec({
        timeout = 60_000

        test("whenever a server dies while it is left for another one, what a flush confirmed has arrived, or a loss was told") {
            val rounds = withContext(Dispatchers.Default) { List(ROUNDS) { async { Round(Random(it)).run() } }.awaitAll() }
            rounds.filter { it.claimed.isNotEmpty() && !it.lossTold }.map { it.claimed }.shouldBeEmpty()
            // Some of them died at the right moment.
            rounds.count { it.lossTold } shouldBeGreaterThan 0
        }
    })

/** A connection that moves, because its server will shut down, while one message after the other is published and flushed. */
private class Round(private val random: Random) {
    private val read = ConcurrentHashMap.newKeySet<String>()
    private val confirmed = ConcurrentHashMap.newKeySet<String>()

    /** What a flush said has arrived and has not. */
    var claimed = emptyList<String>()

    /** Whether the connection told that it had lost a server. */
    @Volatile
    var lossTold = false

    suspend fun run(): Round {
        val patience = TimeoutOptions { close = 50.milliseconds }
        reconnecting(quick, "nats://a:1,nats://b:2", configure = { timeouts = patience }) { midge, first ->
            val publishing = launch { publish(midge) }
            // Deaf at some moment around the one at which it is asked to confirm, dead a little later.
            val reading = launch { serve(first) }
            first.send("INFO ${ScriptedServer.INFO.dropLast(1)},\"ldm\":true}\r\n")
            midge.next<NatsEvent.LameDuck>()
            val second = midge.accept()
            val next = launch {
                launch { serve(second) }
                // A server that dies at the very moment of the move is replaced by a link of its own.
                while (true) midge.accept().let { launch { serve(it) } }
            }
            delay(random.nextInt(200, 270).milliseconds)
            reading.cancelAndJoin()
            delay(random.nextInt(0, 20).milliseconds)
            first.hangUp()
            while (true) {
                val event = midge.nextEvent()
                if (event is NatsEvent.Disconnected) lossTold = true
                if (event is NatsEvent.Reconnected) break
            }
            publishing.cancelAndJoin()
            midge.nats.state.first { it == dev.midge.nats.ConnectionState.Connected }
            midge.nats.flush(10.seconds)
            next.cancelAndJoin()
            claimed = confirmed.filter { it !in read }
        }
        return this
    }

    /** A flush begins behind each message, whatever became of those before: some wait at the moment of the move. */
    private suspend fun CoroutineScope.publish(midge: Fixture) {
        val published = ArrayList<String>()
        while (isActive) {
            midge.nats.publish("n${published.size}")
            published += "n${published.size}"
            val before = published.toList()
            launch { if (runCatching { midge.nats.flush(5.seconds) }.isSuccess) confirmed += before }
            delay(1.milliseconds)
        }
    }

    private suspend fun serve(server: ScriptedServer) {
        while (true) {
            val line = server.line() ?: return
            if (line.startsWith("PUB ")) read += line.split(' ')[1]
            if (line == "PING") server.send("PONG\r\n")
        }
    }
}
