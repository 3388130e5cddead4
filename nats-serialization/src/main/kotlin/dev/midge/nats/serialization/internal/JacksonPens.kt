package dev.midge.nats.serialization.internal

import com.fasterxml.jackson.core.JsonFactory
import com.fasterxml.jackson.core.JsonGenerator
import com.fasterxml.jackson.core.json.UTF8JsonGenerator
import com.fasterxml.jackson.databind.ObjectMapper
import com.fasterxml.jackson.databind.ObjectWriter
import com.fasterxml.jackson.databind.SerializationFeature
import kotlinx.io.Sink
import java.io.OutputStream

/**
 * Generators of JSON that are used again: making one takes as long as writing a short message with it.
 *
 * A generator is taken out while it writes, so that a serializer which publishes something itself gets another one, and is put back only
 * after it has written a whole value. Other formats than JSON remember what they have written before, and need a new one for each message.
 */
internal class JacksonPens private constructor(private val factory: JsonFactory) {
    private val pens = Spares<Pen>()

    /** Writes [value] to [sink]; [writer] has to be one [forPens]. */
    fun write(writer: ObjectWriter, value: Any?, sink: Sink) {
        val pen = pens.take() ?: Pen(factory)
        pen.write(writer, value, sink)
        pens.keep(pen)
    }

    private class Pen(factory: JsonFactory) {
        private val ink = SinkStream()
        private val generator = factory.createGenerator(ink)
            .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
            .disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM)
            .also { (it as UTF8JsonGenerator).setRootValueSeparator(null) }

        fun write(writer: ObjectWriter, value: Any?, sink: Sink) {
            ink.sink = sink
            writer.writeValue(generator, value)
            generator.flush()
            ink.sink = null
        }
    }

    /** Goes to one sink after the other. */
    private class SinkStream : OutputStream() {
        var sink: Sink? = null

        override fun write(b: Int) = sink!!.writeByte(b.toByte())

        override fun write(b: ByteArray, off: Int, len: Int) = sink!!.write(b, off, off + len)
    }

    companion object {
        /** Pens for what [mapper] writes, or `null` if that is not compact JSON. */
        fun of(mapper: ObjectMapper): JacksonPens? {
            if (mapper.isEnabled(SerializationFeature.INDENT_OUTPUT)) return null
            val generator = mapper.factory.createGenerator(OutputStream.nullOutputStream()).also { it.close() }
            // Not a subclass, and not one that somebody has decorated.
            return if (generator.javaClass == UTF8JsonGenerator::class.java) JacksonPens(mapper.factory) else null
        }

        /** [writer], but so that the pen decides when its text goes on. */
        fun forPens(writer: ObjectWriter): ObjectWriter = writer.without(SerializationFeature.FLUSH_AFTER_WRITE_VALUE)
    }
}
