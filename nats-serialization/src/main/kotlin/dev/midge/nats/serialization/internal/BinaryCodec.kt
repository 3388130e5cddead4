package dev.midge.nats.serialization.internal

import dev.midge.nats.serialization.PayloadCodec
import kotlinx.io.Sink
import kotlinx.io.Source
import kotlinx.io.readByteArray
import kotlinx.serialization.BinaryFormat
import kotlinx.serialization.KSerializer

/** A format of kotlinx-serialization that knows arrays only. */
internal class BinaryCodec(private val format: BinaryFormat, private val serializer: KSerializer<Any?>, override val contentType: String) :
    PayloadCodec<Any?> {
    override fun encode(value: Any?, sink: Sink) = sink.write(format.encodeToByteArray(serializer, value))

    override fun decode(source: Source): Any? = format.decodeFromByteArray(serializer, source.readByteArray())
}
