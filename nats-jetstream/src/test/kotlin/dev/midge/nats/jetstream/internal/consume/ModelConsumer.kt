package dev.midge.nats.jetstream.internal.consume

import kotlin.random.Random

/** One item on its way from the server to the client. */
internal sealed class Item {
    data object Message : Item()

    data class Status(val token: Long, val code: Int, val text: String, val unused: Int?) : Item()
}

/** A consumer on a server as a pull sees it, in virtual time: pulls, messages, heartbeats, and what goes wrong. */
internal class ModelConsumer(private val random: Random) {
    private class Waiting(val token: Long, var left: Int, val endsAt: Long, val heartbeat: Long, var quietSince: Long)

    private val pulls = ArrayList<Waiting>()
    val wire = ArrayDeque<Item>()
    var stored = 0
    var delivered = 0
        private set

    /** What is asked for and not yet on the wire. */
    val asked: Int
        get() = pulls.sumOf { it.left }

    fun onPull(pull: Pull, now: Long) {
        if (pulls.size == MAX_WAITING) {
            wire += Item.Status(pull.token, 409, "Exceeded MaxWaiting", null)
            return
        }
        pulls += Waiting(pull.token, pull.messages, now + pull.expires, pull.heartbeat, now)
    }

    /** Serves pulls in turn or the oldest first, as servers of different ages do. */
    fun deliver(now: Long, most: Int) {
        repeat(most) {
            if (delivered == stored || pulls.isEmpty()) return
            val pull = if (random.nextBoolean()) pulls.first() else pulls.random(random)
            wire += Item.Message
            delivered++
            pull.quietSince = now
            if (--pull.left == 0) pulls.remove(pull)
        }
    }

    fun onTime(now: Long) {
        for (pull in pulls.filter { now >= it.endsAt }) end(pull, 408, "Request Timeout")
        val head = pulls.firstOrNull { it.heartbeat > 0 } ?: return
        if (now - head.quietSince < head.heartbeat) return
        head.quietSince = now
        wire += Item.Status(head.token, 100, "Idle Heartbeat", null)
    }

    fun onLeaderChange() {
        pulls.forEach { wire += Item.Status(it.token, 409, "Leadership Change", null) }
        pulls.clear()
    }

    fun onShutdown() {
        pulls.forEach { wire += Item.Status(it.token, 409, "Server Shutdown", it.left) }
        val ended = pulls.toList()
        pulls.clear()
        if (random.nextBoolean()) ended.forEach { wire += Item.Status(it.token, 409, "Leadership Change", null) }
    }

    fun onStray() {
        pulls.randomOrNull(random)?.let {
            when (random.nextInt(4)) {
                0 -> end(it, 503, "")
                1 -> end(it, 409, "Who knows")
                2 -> end(it, 408, "Requests Pending")
                else -> end(it, 423, "Nats-Wrong-Pin-Id")
            }
        }
        // Of a pull that was over long ago, or never was.
        wire += Item.Status(random.nextLong(0, 5), 408, "Request Timeout", random.nextInt(10))
    }

    /** The server forgets what it was asked for, and says nothing. */
    fun onCrash() {
        pulls.clear()
    }

    fun onLinkLost() {
        pulls.clear()
        delivered -= wire.count { it == Item.Message }
        wire.clear()
    }

    private fun end(pull: Waiting, code: Int, text: String) {
        pulls.remove(pull)
        wire += Item.Status(pull.token, code, text, pull.left.takeIf { code == 408 })
    }

    private companion object {
        const val MAX_WAITING = 5
    }
}
