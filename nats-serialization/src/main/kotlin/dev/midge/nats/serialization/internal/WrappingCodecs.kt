package dev.midge.nats.serialization.internal

import dev.midge.nats.serialization.ByteBufferCodec
import dev.midge.nats.serialization.BytesCodec
import dev.midge.nats.serialization.PayloadCodec
import kotlinx.io.Sink
import kotlinx.io.Source
import java.nio.ByteBuffer

/** An empty payload. Whatever is received will do: that something came is all that it says. */
internal object UnitCodec : PayloadCodec<Unit> {
    override fun encode(value: Unit, sink: Sink) = Unit

    override fun decode(source: Source) = Unit
}

/** For a nullable type whose codec knows no null. */
internal class NonNullCodec(codec: PayloadCodec<*>, override val typeName: String) : PayloadCodec<Any?> {
    @Suppress("UNCHECKED_CAST")
    private val codec = codec as PayloadCodec<Any>

    override val contentType: String?
        get() = codec.contentType

    override fun encode(value: Any?, sink: Sink) =
        codec.encode(requireNotNull(value) { "the codec of $typeName knows no null; leave out the message instead" }, sink)

    override fun decode(source: Source): Any = codec.decode(source)
}

/** For a type that does not say whether its values are bytes. */
internal class BytesAsTheyAreCodec(private val codec: PayloadCodec<Any?>) : PayloadCodec<Any?> by codec {
    override fun encode(value: Any?, sink: Sink) = when (value) {
        is ByteArray -> BytesCodec.encode(value, sink)
        is ByteBuffer -> ByteBufferCodec.encode(value, sink)
        else -> codec.encode(value, sink)
    }
}
