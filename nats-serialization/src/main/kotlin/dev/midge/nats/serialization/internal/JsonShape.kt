package dev.midge.nats.serialization.internal

import kotlinx.io.Buffer
import kotlinx.io.Sink
import kotlinx.io.readByteArray
import kotlinx.io.writeString

/** What stands around the elements of a structure. */
internal sealed interface JsonShape {
    /** Writes what stands before the element at [index]; [first] if there is none before it. */
    fun beginElement(sink: Sink, index: Int, first: Boolean)

    /** Writes the end, and the beginning if there were no elements. */
    fun end(sink: Sink, empty: Boolean)

    /** A class with properties of these names. */
    class Properties(names: List<String>) : JsonShape {
        private val first = Array(names.size) { name('{', names[it]) }
        private val further = Array(names.size) { name(',', names[it]) }

        override fun beginElement(sink: Sink, index: Int, first: Boolean) = sink.write(if (first) this.first[index] else further[index])

        override fun end(sink: Sink, empty: Boolean) {
            if (empty) sink.writeString("{}") else sink.writeByte(END_OF_OBJECT)
        }

        private fun name(before: Char, name: String): ByteArray = Buffer().run {
            writeByte(before.code.toByte())
            JsonText.writeQuoted(this, name)
            writeByte(COLON)
            readByteArray()
        }
    }

    /** A list, set or array. */
    object Elements : JsonShape {
        override fun beginElement(sink: Sink, index: Int, first: Boolean) = sink.writeByte(if (first) ARRAY else COMMA)

        override fun end(sink: Sink, empty: Boolean) {
            if (empty) sink.writeString("[]") else sink.writeByte(END_OF_ARRAY)
        }
    }

    /** A map: a key is an element, and so is its value. */
    object Entries : JsonShape {
        override fun beginElement(sink: Sink, index: Int, first: Boolean) = sink.writeByte(
            when {
                index % 2 == 1 -> COLON
                first -> OBJECT
                else -> COMMA
            },
        )

        override fun end(sink: Sink, empty: Boolean) {
            if (empty) sink.writeString("{}") else sink.writeByte(END_OF_OBJECT)
        }
    }

    private companion object {
        const val OBJECT = '{'.code.toByte()
        const val END_OF_OBJECT = '}'.code.toByte()
        const val ARRAY = '['.code.toByte()
        const val END_OF_ARRAY = ']'.code.toByte()
        const val COMMA = ','.code.toByte()
        const val COLON = ':'.code.toByte()
    }
}
