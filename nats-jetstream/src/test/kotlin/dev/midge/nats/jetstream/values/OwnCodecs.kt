package dev.midge.nats.jetstream.values

import dev.midge.nats.serialization.JsonFormat
import dev.midge.nats.serialization.PayloadCodec
import dev.midge.nats.serialization.PayloadFormat
import kotlinx.io.Sink
import kotlinx.io.Source
import kotlin.reflect.KType

/** What no format knows. */
internal data class Point(val x: Int, val y: Int)

/** Four bytes for each coordinate; those below zero are not to be sent. */
internal object PointCodec : PayloadCodec<Point> {
    override val contentType: String
        get() = "application/x-point"

    override fun encode(value: Point, sink: Sink) {
        require(value.x >= 0 && value.y >= 0) { "below zero" }
        sink.writeInt(value.x)
        sink.writeInt(value.y)
    }

    override fun decode(source: Source): Point = Point(source.readInt(), source.readInt())
}

/** JSON behind a mark, which is none by itself. */
internal object MarkedFormat : PayloadFormat {
    private const val MARK = '!'.code.toByte()
    private val json = JsonFormat()

    override val contentType: String
        get() = "application/x-marked"

    @Suppress("UNCHECKED_CAST")
    override fun codec(type: KType): PayloadCodec<*> = Marked(json.codec(type) as PayloadCodec<Any?>)

    private class Marked(private val json: PayloadCodec<Any?>) : PayloadCodec<Any?> {
        override val contentType: String
            get() = MarkedFormat.contentType

        override fun encode(value: Any?, sink: Sink) {
            sink.writeByte(MARK)
            json.encode(value, sink)
        }

        override fun decode(source: Source): Any? {
            check(source.readByte() == MARK) { "no mark" }
            return json.decode(source)
        }
    }
}
