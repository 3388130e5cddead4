package dev.midge.nats.internal.protocol

/** The rules of subjects and queue groups: what the server would refuse or misread is refused here first (NATS protocol; ADR-6). */
internal object SubjectSyntax {
    /** The longest subject in UTF-8 bytes that leaves room for the rest of a control line of 4,096 bytes, the servers' default limit. */
    const val MAX_BYTES: Int = 1900

    /** The longest reply subject of a request that is answered: with the rest of its control line it has passed a server already. */
    const val MAX_RECEIVED_BYTES: Int = 4000

    /**
     * Whether [subject] is one to publish to, by one look at characters that nearly all subjects are made of; if not, it may still be valid,
     * see [violation].
     */
    fun isPlain(subject: String): Boolean = isPlain(subject.length) { subject[it].code }

    /** As the one with a text, of its UTF-8 bytes. */
    fun isPlain(subject: ByteArray): Boolean = isPlain(subject.size) { subject[it].toInt() }

    private inline fun isPlain(length: Int, code: (Int) -> Int): Boolean {
        if (length > MAX_BYTES) return false
        var last = '.'.code
        for (i in 0 until length) {
            val c = code(i)
            if (c <= ' '.code || c > '~'.code || c == '*'.code || c == '>'.code || (c == '.'.code && last == '.'.code)) return false
            last = c
        }
        return last != '.'.code
    }

    /** Which rule [subject] breaks, or `null` if it can be subscribed to. */
    fun violation(subject: String): String? {
        if (subject.isEmpty()) return "it is empty"
        textViolation(subject)?.let { return it }
        var tokenStart = 0
        for (i in 0..subject.length) {
            if (i < subject.length && subject[i] != '.') continue
            tokenViolation(subject, tokenStart, i)?.let { return it }
            tokenStart = i + 1
        }
        return null
    }

    /** Which rule [queueGroup] breaks, or `null`. */
    fun queueGroupViolation(queueGroup: String): String? = if (queueGroup.isEmpty()) "it is empty" else textViolation(queueGroup)

    /** Whether a valid [subject] has a token `*` or `>`: within a token these are characters like any other, as for the server. */
    fun hasWildcard(subject: String): Boolean {
        for (i in subject.indices) {
            if (subject[i] != '*' && subject[i] != '>') continue
            val begins = i == 0 || subject[i - 1] == '.'
            val ends = i == subject.lastIndex || subject[i + 1] == '.'
            if (begins && ends) return true
        }
        return false
    }

    /** Whether every subject that [other] stands for is one that [pattern] stands for; both are valid. */
    fun covers(pattern: String, other: String): Boolean {
        var at = 0
        var otherAt = 0
        while (true) {
            val end = tokenEnd(pattern, at)
            val otherEnd = tokenEnd(other, otherAt)
            if (isToken(pattern, at, end, '>')) return true
            val isSame = end - at == otherEnd - otherAt && pattern.regionMatches(at, other, otherAt, end - at)
            val isAny = isToken(pattern, at, end, '*') && !isToken(other, otherAt, otherEnd, '>')
            if (!isSame && !isAny) return false
            if (end == pattern.length || otherEnd == other.length) return end == pattern.length && otherEnd == other.length
            at = end + 1
            otherAt = otherEnd + 1
        }
    }

    private fun tokenEnd(subject: String, from: Int): Int = subject.indexOf('.', from).let { if (it < 0) subject.length else it }

    private fun isToken(subject: String, from: Int, to: Int, wildcard: Char): Boolean = to - from == 1 && subject[from] == wildcard

    /** Whether [subject], which has come from a server, can be published to: it ends no argument and leaves room for the others. */
    fun isAnswerable(subject: ByteArray): Boolean = subject.size in 1..MAX_RECEIVED_BYTES && subject.none {
        it == ' '.code.toByte() || it == '\t'.code.toByte() || it == '\r'.code.toByte() || it == '\n'.code.toByte()
    }

    private fun tokenViolation(subject: String, from: Int, to: Int): String? {
        if (from == to) return "it has an empty token at position $from"
        val misplaced = isToken(subject, from, to, '>') && to != subject.length
        return if (misplaced) "'>' at position $from is not the last token" else null
    }

    private fun textViolation(text: String): String? {
        var bytes = 0
        var i = 0
        while (i < text.length) {
            val c = text[i]
            if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c.code == 0) {
                return "it holds the character U+%04X at position %d".format(c.code, i)
            }
            if (c.isSurrogate()) {
                val paired = c.isHighSurrogate() && i + 1 < text.length && text[i + 1].isLowSurrogate()
                if (!paired) return "it holds half a surrogate pair at position $i"
                bytes += SURROGATE_PAIR_BYTES
                i += 2
                continue
            }
            bytes += if (c.code < TWO_BYTES_FROM) {
                1
            } else if (c.code < THREE_BYTES_FROM) {
                2
            } else {
                THREE_BYTES
            }
            i++
        }
        return if (bytes > MAX_BYTES) "it is $bytes bytes long, more than $MAX_BYTES do not fit a control line" else null
    }

    private const val TWO_BYTES_FROM = 0x80
    private const val THREE_BYTES_FROM = 0x800
    private const val THREE_BYTES = 3
    private const val SURROGATE_PAIR_BYTES = 4
}
