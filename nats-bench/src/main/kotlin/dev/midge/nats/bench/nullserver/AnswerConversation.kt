package dev.midge.nats.bench.nullserver

import java.nio.ByteBuffer

/**
 * Speaks as much of the protocol as it takes to send messages and to answer requests.
 *
 * A PUB with a reply subject is answered at once, by a MSG with its own payload to the client's own subscription of that subject. All
 * answers to what one read brought go out in one write. A PUB without one is discarded. `SEND` is no part of the protocol: see
 * [MessageSource].
 */
internal class AnswerConversation(private val wire: Wire, private val subscriptions: Subscriptions) : Conversation {
    private val source = MessageSource(subscriptions)
    private val inboxes = Inboxes()
    private val answers = Answers(wire)
    private var input = wire.allocate(INITIAL_BYTES)

    override fun run() {
        try {
            while (wire.read(input) >= 0) {
                input.flip()
                takeFrames()
                answers.write()
                makeRoom()
            }
        } finally {
            subscriptions.remove(wire)
        }
    }

    private fun takeFrames() {
        var more = true
        while (more) more = takeFrame()
    }

    /** Takes one whole frame; `false` if there is none. */
    private fun takeFrame(): Boolean {
        val start = input.position()
        val end = lineEnd(start)
        if (end < 0) return false
        return if (isPublish(start)) takePublish(start, end) else takeOperation(start, end)
    }

    private fun isPublish(start: Int): Boolean = when (input.get(start)) {
        'P'.code.toByte() -> input.get(start + 1) == 'U'.code.toByte()
        'H'.code.toByte() -> true
        else -> false
    }

    private fun takePublish(start: Int, end: Int): Boolean {
        val line = PublishLine.read(input, start, end)
        val next = end + LINE_FEED_BYTES + line.size + CRLF_BYTES
        if (next > input.limit()) return false
        if (line.replyStart >= 0) {
            val sid = inboxes.sidOf(input, line.replyStart, line.replyEnd)
            if (sid != null) answers.add(input, line, sid)
        }
        input.position(next)
        return true
    }

    private fun takeOperation(start: Int, end: Int): Boolean {
        val text = ByteArray(end - start).also { input.get(start, it) }
        input.position(end + LINE_FEED_BYTES)
        operate(text.decodeToString().trim().split(' '))
        return true
    }

    private fun operate(words: List<String>) {
        when (words.first()) {
            "SUB" -> subscribe(words[1], words.last())

            "UNSUB" -> unsubscribe(words)

            "PING" -> answers.add(PONG)

            "SEND" -> {
                answers.write()
                source.send(words)
            }
        }
    }

    private fun subscribe(subject: String, sid: String) {
        inboxes.add(subject, sid)
        // Messages are sent to plain subjects only; what has a wildcard is an inbox.
        if ('*' !in subject && '>' !in subject) subscriptions.add(NullSubscription(wire, sid, subject))
    }

    /** One with a number of messages is left alone: it ends with an answer that it still gets. */
    private fun unsubscribe(words: List<String>) {
        if (words.size > 2) return
        inboxes.remove(words[1])
        subscriptions.remove(wire, words[1])
    }

    private fun lineEnd(start: Int): Int {
        for (at in start until input.limit()) if (input.get(at) == '\n'.code.toByte()) return at
        return -1
    }

    /** Keeps the beginning of a frame that is not complete, in a larger buffer if it has to. */
    private fun makeRoom() {
        input.compact()
        if (input.hasRemaining()) return
        input = wire.allocate(input.capacity() * 2).put(input.flip())
    }

    private companion object {
        /** Small, because 1,000 idle clients have one each. */
        const val INITIAL_BYTES = 64 * 1024
        const val LINE_FEED_BYTES = 1
        const val CRLF_BYTES = 2
    }
}
