package dev.midge.nats.serialization

import dev.midge.nats.serialization.internal.BinaryCodec
import dev.midge.nats.serialization.internal.serializerOf
import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.protobuf.ProtoBuf
import kotlin.reflect.KType

/**
 * Protocol Buffers by kotlinx-serialization, for types that are [Serializable][kotlinx.serialization.Serializable]: the classes are the
 * schema, and `@ProtoNumber` says the numbers of their fields.
 *
 * kotlinx-serialization offers ProtoBuf as arrays only: unlike JSON, each message costs an array of its size on either side.
 *
 * @param protoBuf how.
 */
@OptIn(ExperimentalSerializationApi::class)
public class ProtoBufFormat(private val protoBuf: ProtoBuf) : PayloadFormat {
    /** As `ProtoBuf` does by default. */
    // Of its own: kotlinx-serialization calls `ProtoBuf` experimental, and who does not name it need not opt in.
    public constructor() : this(ProtoBuf)

    override val contentType: String
        get() = "application/protobuf"

    override fun codec(type: KType): PayloadCodec<*> = BinaryCodec(protoBuf, protoBuf.serializersModule.serializerOf(type), contentType)
}
