package dev.midge.nats.bench.nullserver

/**
 * Sends messages when it is told to, and as fast as the sockets take them.
 *
 * Who asks is on a connection of its own, whose thread does the sending, one order after the other; so a client that asks in time never
 * finds this server waiting.
 */
internal class MessageSource(private val subscriptions: Subscriptions) {
    private var order = ""
    private var changes = -1
    private var blocks = emptyList<MessageBlock>()

    /** Obeys `SEND subject rounds size [headers]`: every subscription that matches the subject gets as many messages as there are rounds. */
    fun send(words: List<String>) {
        val (_, subject, rounds, size) = words
        val withHeaders = words.getOrNull(HEADERS_WORD) == "headers"
        prepare(subject, size.toInt(), withHeaders)
        blocks.forEach { it.send(rounds.toInt()) }
    }

    /** The blocks of the last order serve for the next one, unless that asks for others or a client has come or gone. */
    private fun prepare(subject: String, size: Int, withHeaders: Boolean) {
        val wanted = "$subject $size $withHeaders"
        val seen = subscriptions.changes
        if (wanted == order && seen == changes) return
        blocks = subscriptions.matching(subject).groupBy { it.wire }.map { (wire, ofWire) -> MessageBlock(wire, ofWire, size, withHeaders) }
        order = wanted
        changes = seen
    }

    private companion object {
        const val HEADERS_WORD = 4
    }
}
