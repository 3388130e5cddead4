package dev.midge.nats.scripted

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CopyOnWriteArrayList

/**
 * The server's end of one link, which takes no more than [limit] subscriptions and answers as nats-server does: `-ERR` without a name for a SUB
 * too many, also of an id that it knows; no answer to a SUB of an id that it knows below the limit.
 */
class LimitedServer(private val server: ScriptedServer, @Volatile var limit: Int) {
    /** The subject of each id that it delivers to. */
    val known = ConcurrentHashMap<Long, String>()

    /** All control lines of the client. */
    val lines = CopyOnWriteArrayList<String>()

    fun serve(scope: CoroutineScope): Job = scope.launch {
        while (true) answer(server.line() ?: break)
    }

    private suspend fun answer(line: String) {
        lines += line
        val words = line.split(' ')
        when (words[0]) {
            "PING" -> server.send("PONG\r\n")

            "UNSUB" -> if (words.size == 2) known.remove(words[1].toLong())

            "SUB" -> if (known.size >= limit) {
                server.send("-ERR 'maximum subscriptions exceeded'\r\n")
            } else {
                known.putIfAbsent(words.last().toLong(), words[1])
            }

            "PUB" -> {
                checkNotNull(server.line())
                for ((sid, subject) in known) if (subject == words[1]) server.send("MSG $subject $sid 2\r\nok\r\n")
            }
        }
    }
}
