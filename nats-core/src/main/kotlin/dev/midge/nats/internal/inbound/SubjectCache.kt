package dev.midge.nats.internal.inbound

import dev.midge.nats.NatsMessage
import dev.midge.nats.Subject
import dev.midge.nats.internal.protocol.MessageFrame
import java.util.Arrays

/**
 * The texts of recently received subjects, so that a wildcard subscription does not decode the same subject for every message.
 *
 * A table of fixed size in which a new subject replaces the one with the same hash. Used by the reader only.
 */
internal class SubjectCache {
    private val wires = arrayOfNulls<ByteArray>(ENTRIES)
    private val texts = arrayOfNulls<String>(ENTRIES)

    /** The message in [frame], for a subscription to [subject]. */
    fun message(frame: MessageFrame, subject: Subject): NatsMessage =
        NatsMessage(subject(frame, subject), frame.reply(), frame.payload(), frame.headers())

    /** The subject of that message: most messages carry just that of the subscription, which is not decoded again. */
    fun subject(frame: MessageFrame, subject: Subject): String {
        val known = subject.wire.contentEqualsRange(frame.line, frame.subjectFrom, frame.subjectTo)
        return if (known) subject.value else text(frame.line, frame.subjectFrom, frame.subjectTo)
    }

    /** The text of `line[from, to)`. */
    private fun text(line: ByteArray, from: Int, to: Int): String {
        val index = hash(line, from, to) and (ENTRIES - 1)
        val wire = wires[index]
        if (wire != null && wire.contentEqualsRange(line, from, to)) return texts[index]!!
        val text = String(line, from, to - from, Charsets.UTF_8)
        if (to - from <= LONGEST_CACHED) {
            wires[index] = line.copyOfRange(from, to)
            texts[index] = text
        }
        return text
    }

    private fun hash(line: ByteArray, from: Int, to: Int): Int {
        var hash = 0
        for (i in from until to) hash = hash * HASH_FACTOR + line[i]
        return hash xor (hash ushr HASH_SHIFT)
    }

    private companion object {
        /** A power of two. With the longest subjects cached, the table holds less than 200 KiB. */
        const val ENTRIES = 512
        const val LONGEST_CACHED = 128
        const val HASH_FACTOR = 31
        const val HASH_SHIFT = 15
    }
}

/** Whether this array holds just the bytes `other[from, to)`. */
private fun ByteArray.contentEqualsRange(other: ByteArray, from: Int, to: Int): Boolean = Arrays.equals(this, 0, size, other, from, to)
