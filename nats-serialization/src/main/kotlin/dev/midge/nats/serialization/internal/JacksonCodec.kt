package dev.midge.nats.serialization.internal

import com.fasterxml.jackson.core.JsonParser
import com.fasterxml.jackson.core.io.JsonEOFException
import com.fasterxml.jackson.databind.JavaType
import dev.midge.nats.serialization.PayloadCodec
import kotlinx.io.Sink
import kotlinx.io.Source
import kotlinx.io.asInputStream
import kotlinx.io.asOutputStream

/** Writes and reads one type by Jackson, straight to and from the payload. */
internal class JacksonCodec(
    with: MapperWithPens,
    type: JavaType,
    override val contentType: String,
    override val typeName: String,
    private val nullable: Boolean,
) : PayloadCodec<Any?> {
    private val pens = with.pens
    private val writer = with.mapper.writerFor(type).let { if (pens != null) JacksonPens.forPens(it) else it }
    private val reader = with.mapper.readerFor(type)

    override fun encode(value: Any?, sink: Sink) {
        // Who receives it would refuse it.
        require(value != null || nullable) { "the value is null, and the type is not nullable" }
        if (pens != null) pens.write(writer, value, sink) else writer.writeValue(sink.asOutputStream(), value)
    }

    override fun decode(source: Source): Any? {
        val value = reader.createParser(source.asInputStream()).use { parser ->
            reader.readValue<Any?>(parser).also { requireEnd(parser) }
        }
        // A payload of `null`, which Kotlin would only notice where the value is used.
        require(value != null || nullable) { "the payload is null, and the type is not nullable" }
        return value
    }

    /** Not Jackson's own FAIL_ON_TRAILING_TOKENS: to the parser of MessagePack the end is an exception. */
    private fun requireEnd(parser: JsonParser) {
        val next = try {
            parser.nextToken()
        } catch (e: JsonEOFException) {
            null
        }
        require(next == null) { "more follows after the value" }
    }
}
