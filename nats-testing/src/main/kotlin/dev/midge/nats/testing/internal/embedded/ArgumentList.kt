package dev.midge.nats.testing.internal.embedded

/** The words of a control line, as positions in its array. One object a parser, filled anew for each line. */
internal class ArgumentList {
    private val starts = IntArray(MAX_WORDS)
    private val ends = IntArray(MAX_WORDS)

    /** How many words there are; [MAX_WORDS] stands for "too many". */
    var count: Int = 0
        private set

    var line: ByteArray = ByteArray(0)
        private set

    fun start(index: Int): Int = starts[index]

    fun end(index: Int): Int = ends[index]

    fun text(index: Int): String = latin1(line, starts[index], ends[index])

    fun size(index: Int): Int = parseSize(line, starts[index], ends[index])

    /** Splits [line] from [start] to [end] at its blanks. */
    fun split(line: ByteArray, start: Int, end: Int) {
        this.line = line
        count = 0
        var i = start
        while (count < MAX_WORDS) {
            while (i < end && isBlank(line[i])) i++
            if (i == end) return
            starts[count] = i
            while (i < end && !isBlank(line[i])) i++
            ends[count++] = i
        }
    }

    private companion object {
        /** One more than HPUB's four. */
        const val MAX_WORDS = 5
    }
}
