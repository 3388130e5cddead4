package dev.midge.nats.bench.nullserver

import dev.midge.nats.bench.typed.Order
import kotlinx.serialization.json.Json

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

    /** Obeys `SEND subject rounds size [kind]`: every subscription that matches the subject gets as many messages as there are rounds. */
    fun send(words: List<String>) {
        val (_, subject, rounds, size) = words
        prepare(subject, size.toInt(), words.getOrNull(KIND_WORD))
        blocks.forEach { it.send(rounds.toInt()) }
    }

    /** The blocks of the last order serve for the next one, unless that asks for others or a client has come or gone. */
    private fun prepare(subject: String, size: Int, kind: String?) {
        val wanted = "$subject $size $kind"
        val seen = subscriptions.changes
        if (wanted == order && seen == changes) return
        val payload = if (kind == ORDER) ORDER_JSON else ByteArray(size) { 'x'.code.toByte() }
        val withHeaders = kind == HEADERS
        val byClient = subscriptions.matching(subject).groupBy { it.wire }
        blocks = byClient.map { (wire, ofClient) -> MessageBlock(wire, ofClient, payload, withHeaders) }
        order = wanted
        changes = seen
    }

    companion object {
        /** Messages with two headers. */
        const val HEADERS = "headers"

        /** Messages whose payload is an object as JSON. */
        const val ORDER = "order"

        private const val KIND_WORD = 4
        private val ORDER_JSON = Json.encodeToString(Order.serializer(), Order.sample).encodeToByteArray()
    }
}
