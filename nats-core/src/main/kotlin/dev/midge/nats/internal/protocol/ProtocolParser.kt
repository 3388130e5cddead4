package dev.midge.nats.internal.protocol

import dev.midge.nats.ProtocolException
import java.lang.invoke.MethodHandles
import java.nio.ByteOrder

/**
 * Reads server operations from bytes that arrive in pieces of any size. Pure and incremental: what a piece leaves unfinished is kept.
 *
 * A verb is recognised by its first four bytes as one big-endian `Int`. A message that lies in one piece is parsed and handed on in
 * place; a line or a body that is split over pieces is gathered in [line] or in the message's own arrays, which grow with what has arrived: a
 * size is only a claim. After a [ProtocolException] the parser is of no more use. Not thread-safe. Tested by `ProtocolParserSpec`
 * and `ProtocolParserFuzzTest`. Source: NATS client protocol.
 */
internal class ProtocolParser(val limits: ProtocolLimits) {
    /** Gathers a control line that is split over pieces, and keeps the line of a message whose body is. */
    private var line = ByteArray(INITIAL_LINE)
    private var lineLength = 0
    private val frame = MessageFrame()

    /** Headers and payload of a message whose body is split. */
    private var headers = MessageFrame.Empty
    private var payload = MessageFrame.Empty

    /** Bytes of the current message's body (headers, payload, line end) that have been read, or -1 between messages. */
    private var bodyRead = BETWEEN_MESSAGES

    /** Whether everything fed so far was whole operations. */
    val isAtBoundary: Boolean
        get() = bodyRead == BETWEEN_MESSAGES && lineLength == 0

    /** Parses `bytes[from, to)` and tells [handler] of each operation that is complete. */
    fun feed(bytes: ByteArray, from: Int, to: Int, handler: ServerOperationHandler) {
        var at = from
        while (at < to) {
            at = if (bodyRead == BETWEEN_MESSAGES) readLine(bytes, at, to, handler) else readBody(bytes, at, to, handler)
        }
    }

    private fun readLine(bytes: ByteArray, from: Int, to: Int, handler: ServerOperationHandler): Int {
        val end = endOfLine(bytes, from, to)
        if (end < 0) {
            gather(bytes, from, to)
            return to
        }
        if (lineLength == 0) return handleLine(bytes, from, end, to, handler)
        gather(bytes, from, end)
        val length = lineLength
        lineLength = 0
        handleLine(line, 0, length, length, handler)
        return end
    }

    /** Handles the line `bytes[from, end)`, line end included, and returns where to go on; a message's body is taken from up to [to]. */
    private fun handleLine(bytes: ByteArray, from: Int, end: Int, to: Int, handler: ServerOperationHandler): Int {
        val textEnd = end - CRLF_BYTES
        if (textEnd - from < SHORTEST_LINE || bytes[textEnd] != CR) violation("a line that is no operation", bytes, from, end)
        val verb = INTS.get(bytes, from) as Int
        if (end - from > ProtocolLimits.CONTROL_LINE) checkLength(verb, end - from)
        when (verb) {
            MSG -> return message(bytes, from, from + MSG_ARGUMENTS, textEnd, to, false, handler)

            HMSG -> {
                if (bytes[from + VERB_BYTES] != SPACE) violation("an unknown operation", bytes, from, end)
                return message(bytes, from, from + HMSG_ARGUMENTS, textEnd, to, true, handler)
            }

            PING -> if (textEnd - from == VERB_BYTES) handler.onPing() else violation("a malformed PING", bytes, from, end)

            PONG -> if (textEnd - from == VERB_BYTES) handler.onPong() else violation("a malformed PONG", bytes, from, end)

            OK -> if (textEnd - from == SHORTEST_LINE) handler.onOk() else violation("a malformed +OK", bytes, from, end)

            ERR -> handler.onError(argument(bytes, from, end).removeSurrounding("'"))

            INFO -> handler.onInfo(argument(bytes, from, end))

            else -> violation("an unknown operation", bytes, from, end)
        }
        return end
    }

    private fun message(
        bytes: ByteArray,
        from: Int,
        arguments: Int,
        textEnd: Int,
        to: Int,
        withHeaders: Boolean,
        handler: ServerOperationHandler,
    ): Int {
        MessageArguments.parse(bytes, arguments, textEnd, withHeaders, limits, frame)
        frame.hasHeaders = withHeaders
        val body = textEnd + CRLF_BYTES
        val bodyEnd = body + frame.totalSize + CRLF_BYTES
        if (bodyEnd > to || bodyEnd < 0) {
            keepLine(bytes, from, body)
            headers = room(frame.headerSize)
            payload = room(frame.payloadSize)
            bodyRead = 0
            return body
        }
        if (bytes[bodyEnd - 2] != CR || bytes[bodyEnd - 1] != LF) violation("a message without its line end", bytes, from, body)
        frame.bodyAt(bytes, body)
        handler.onMessage(frame)
        return bodyEnd
    }

    /** The line must outlive the piece that it came in. */
    private fun keepLine(bytes: ByteArray, from: Int, to: Int) {
        if (bytes !== line) {
            reserve(to - from)
            bytes.copyInto(line, 0, from, to)
            frame.subjectFrom -= from
            frame.subjectTo -= from
            frame.replyFrom -= from
            frame.replyTo -= from
        }
        frame.line = line
    }

    private fun readBody(bytes: ByteArray, from: Int, to: Int, handler: ServerOperationHandler): Int {
        var at = from
        if (bodyRead < frame.headerSize) at += readHeaders(bytes, at, to)
        if (bodyRead in frame.headerSize until frame.totalSize) at += readPayload(bytes, at, to)
        while (at < to && bodyRead >= frame.totalSize) {
            val expected = if (bodyRead == frame.totalSize) CR else LF
            if (bytes[at++] != expected) violation("a message without its line end", frame.line, 0, 0)
            if (++bodyRead == frame.totalSize + CRLF_BYTES) {
                bodyRead = BETWEEN_MESSAGES
                frame.bodyIn(headers, payload)
                headers = MessageFrame.Empty
                payload = MessageFrame.Empty
                handler.onMessage(frame)
                // It may be large, and the next message may come late.
                frame.bodyIn(MessageFrame.Empty, MessageFrame.Empty)
                return at
            }
        }
        return at
    }

    /** Returns how many bytes of `bytes[from, to)` were headers. */
    private fun readHeaders(bytes: ByteArray, from: Int, to: Int): Int {
        val count = minOf(frame.headerSize - bodyRead, to - from)
        headers = append(headers, bodyRead, frame.headerSize, bytes, from, count)
        bodyRead += count
        return count
    }

    /** Returns how many bytes of `bytes[from, to)` were payload. */
    private fun readPayload(bytes: ByteArray, from: Int, to: Int): Int {
        val count = minOf(frame.totalSize - bodyRead, to - from)
        payload = append(payload, bodyRead - frame.headerSize, frame.payloadSize, bytes, from, count)
        bodyRead += count
        return count
    }

    /**
     * Puts `bytes[from, from + count)` behind the [used] bytes of [target]; returns it, or a larger copy, which ends up [size] long.
     *
     * When an eighth has arrived, room is made for all: the last copy is the only large one, and there is never memory for two.
     */
    private fun append(target: ByteArray, used: Int, size: Int, bytes: ByteArray, from: Int, count: Int): ByteArray {
        val needed = used + count
        val proof = size / PROOF
        val roomy = when {
            needed <= target.size -> target
            needed >= proof -> target.copyOf(size)
            else -> target.copyOf(maxOf(needed, target.size * 2).coerceAtMost(proof))
        }
        bytes.copyInto(roomy, used, from, from + count)
        return roomy
    }

    private fun gather(bytes: ByteArray, from: Int, to: Int) {
        // The longest line there may be; which limit its verb has is known once the verb has been copied.
        checkLength(INFO, lineLength + to - from)
        reserve(lineLength + to - from)
        bytes.copyInto(line, lineLength, from, to)
        lineLength += to - from
        val verb = INTS.get(line, 0) as Int
        // Whoever speaks another protocol may never end a line.
        if (lineLength >= VERB_BYTES && verb !in VERBS) violation("an unknown operation", line, 0, lineLength)
        checkLength(verb, lineLength)
    }

    private fun checkLength(verb: Int, length: Int) {
        val limit = if (verb == INFO) ProtocolLimits.INFO_LINE else ProtocolLimits.CONTROL_LINE
        if (length > limit) throw ProtocolException("a line is longer than $limit B")
    }

    private fun reserve(length: Int) {
        if (length > line.size) line = line.copyOf(maxOf(length, line.size * 2))
    }

    private fun endOfLine(bytes: ByteArray, from: Int, to: Int): Int {
        for (i in from until to) {
            if (bytes[i] == LF) return i + 1
        }
        return -1
    }

    /** What follows the verb of the line `bytes[from, end)` and its blank. */
    private fun argument(bytes: ByteArray, from: Int, end: Int): String {
        if (bytes[from + VERB_BYTES] != SPACE) violation("an unknown operation", bytes, from, end)
        return text(bytes, from + VERB_BYTES, end - CRLF_BYTES).trim()
    }

    private fun text(bytes: ByteArray, from: Int, to: Int): String = String(bytes, from, to - from, Charsets.UTF_8)

    /** For a part of a body of which nothing is known but the announced [size]. */
    private fun room(size: Int): ByteArray = if (size == 0) MessageFrame.Empty else ByteArray(minOf(size, EAGER_BYTES))

    private fun violation(what: String, bytes: ByteArray, from: Int, to: Int): Nothing {
        val shown = text(bytes, from, minOf(to, from + SHOWN_BYTES)).map { if (it.isISOControl()) '.' else it }.joinToString("")
        throw ProtocolException("the server sent $what: '$shown'")
    }

    private companion object {
        val INTS = MethodHandles.byteArrayViewVarHandle(IntArray::class.java, ByteOrder.BIG_ENDIAN)!!
        const val MSG = 0x4D534720 // "MSG "
        const val HMSG = 0x484D5347 // "HMSG"
        const val PING = 0x50494E47 // "PING"
        const val PONG = 0x504F4E47 // "PONG"
        const val OK = 0x2B4F4B0D // "+OK␍"
        const val ERR = 0x2D455252 // "-ERR"
        const val INFO = 0x494E464F // "INFO"
        val VERBS = intArrayOf(MSG, HMSG, PING, PONG, OK, ERR, INFO)
        const val CR: Byte = 0x0D
        const val LF: Byte = 0x0A
        const val SPACE: Byte = 0x20
        const val CRLF_BYTES = 2
        const val VERB_BYTES = 4
        const val MSG_ARGUMENTS = 4
        const val HMSG_ARGUMENTS = 5

        /** "+OK", whose fourth byte is the CR that ends it. */
        const val SHORTEST_LINE = 3
        const val BETWEEN_MESSAGES = -1

        /** What is allocated on a server's word alone: most payloads whole, and no more than one read brings. */
        const val EAGER_BYTES = 64 * 1024

        /** The part of a body that has to arrive before memory is taken for all of it on the server's word. */
        const val PROOF = 8

        /** Most control lines are far shorter than this. */
        const val INITIAL_LINE = 512

        /** Enough of an offending line to recognise it, little enough to show nobody's data. */
        const val SHOWN_BYTES = 32
    }
}
