package dev.midge.nats.serialization

import kotlinx.io.Sink
import kotlinx.io.Source
import kotlinx.io.readByteArray
import kotlinx.io.readString
import kotlinx.io.write
import kotlinx.io.writeString
import java.nio.ByteBuffer

/** Bytes as they are. A received array is the message's own ([NatsMessage.payload][dev.midge.nats.NatsMessage.payload]), not a copy. */
public object BytesCodec : PayloadCodec<ByteArray> {
    override fun encode(value: ByteArray, sink: Sink): Unit = sink.write(value)

    override fun decode(source: Source): ByteArray = source.readByteArray()
}

/** The bytes between position and limit, both of which stay as they are. A received buffer wraps the message's own array. */
public object ByteBufferCodec : PayloadCodec<ByteBuffer> {
    override fun encode(value: ByteBuffer, sink: Sink) {
        sink.write(value.duplicate())
    }

    override fun decode(source: Source): ByteBuffer = ByteBuffer.wrap(source.readByteArray())
}

/** UTF-8 text as it is: no quotes, no escapes. Malformed sequences become U+FFFD, as in [NatsMessage.text][dev.midge.nats.NatsMessage.text]. */
public object TextCodec : PayloadCodec<String> {
    override val contentType: String
        get() = "text/plain"

    override fun encode(value: String, sink: Sink): Unit = sink.writeString(value)

    override fun decode(source: Source): String = source.readString()
}
