package dev.midge.nats.serialization.behaviour

import dev.midge.nats.serialization.Opaque
import dev.midge.nats.serialization.PayloadCodec
import kotlinx.io.Sink
import kotlinx.io.Source
import kotlinx.io.writeString

/** Fails after it has written something. */
object FailingCodec : PayloadCodec<Opaque> {
    override fun encode(value: Opaque, sink: Sink) {
        sink.writeString(value.text)
        error("the rest is missing")
    }

    override fun decode(source: Source): Opaque = error("it cannot be read either")
}
