package dev.midge.nats.bench.nullserver

import java.nio.ByteBuffer

/** Finds the subscription of one client that a reply subject belongs to. */
internal class Inboxes {
    private class Inbox(val prefix: ByteArray, val sid: ByteArray)

    private val bySid = LinkedHashMap<String, Inbox>()

    /** Nearly all replies of a client go to one inbox. */
    private var last: Inbox? = null

    fun add(subject: String, sid: String) {
        val prefix = subject.takeWhile { it != '*' && it != '>' }
        bySid[sid] = Inbox(prefix.encodeToByteArray(), sid.encodeToByteArray())
    }

    fun remove(sid: String) {
        bySid.remove(sid)
        last = null
    }

    /** The sid for the subject in `bytes[start, end)`, or `null` if the client has not subscribed to it. */
    fun sidOf(bytes: ByteBuffer, start: Int, end: Int): ByteArray? {
        last?.let { if (it.covers(bytes, start, end)) return it.sid }
        last = bySid.values.lastOrNull { it.covers(bytes, start, end) }
        return last?.sid
    }

    private fun Inbox.covers(bytes: ByteBuffer, start: Int, end: Int): Boolean {
        if (end - start < prefix.size) return false
        for (at in prefix.indices) if (bytes.get(start + at) != prefix[at]) return false
        return true
    }
}
