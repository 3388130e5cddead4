package dev.midge.nats.bench.client

/**
 * Counts what a server sends, without reading it: every MSG is known to be [messageSize] bytes long, any other operation is a line that
 * says what it is by its first two letters.
 */
internal class FrameCounter(private val messageSize: Int) {
    private var messageRest = 0
    private var lineLength = 0
    private var first: Byte = 0
    private var second: Byte = 0

    var pings = 0
        private set
    var pongs = 0
        private set

    /** Takes `bytes[0, length)` and returns how many messages ended in them. */
    fun feed(bytes: ByteArray, length: Int): Int {
        var messages = 0
        var at = 0
        while (at < length) {
            if (messageRest == 0 && lineLength == 0 && bytes[at] == M) messageRest = messageSize
            if (messageRest > 0) {
                val step = minOf(messageRest, length - at)
                messageRest -= step
                at += step
                if (messageRest == 0) messages++
            } else {
                line(bytes[at++])
            }
        }
        return messages
    }

    private fun line(byte: Byte) {
        when (lineLength++) {
            0 -> first = byte
            1 -> second = byte
        }
        if (byte != LINE_FEED) return
        lineLength = 0
        when {
            first == P && second == I -> pings++
            first == P && second == O -> pongs++
            first == MINUS -> error("the server reported an error")
        }
    }

    private companion object {
        const val M = 'M'.code.toByte()
        const val P = 'P'.code.toByte()
        const val I = 'I'.code.toByte()
        const val O = 'O'.code.toByte()
        const val MINUS = '-'.code.toByte()
        const val LINE_FEED = '\n'.code.toByte()
    }
}
