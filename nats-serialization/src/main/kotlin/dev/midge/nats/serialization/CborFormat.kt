package dev.midge.nats.serialization

import dev.midge.nats.serialization.internal.BinaryCodec
import dev.midge.nats.serialization.internal.serializerOf
import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.cbor.Cbor
import kotlin.reflect.KType

/**
 * CBOR (RFC 8949) by kotlinx-serialization, for types that are [Serializable][kotlinx.serialization.Serializable].
 *
 * kotlinx-serialization offers CBOR as arrays only: unlike JSON, each message costs an array of its size on either side.
 *
 * @param cbor how.
 */
@OptIn(ExperimentalSerializationApi::class)
public class CborFormat(private val cbor: Cbor) : PayloadFormat {
    /** As `Cbor` does by default, except that a property that the class does not know is passed over. */
    // Of its own: kotlinx-serialization calls `Cbor` experimental, and who does not name it need not opt in.
    public constructor() : this(Tolerant)

    override val contentType: String
        get() = "application/cbor"

    override fun codec(type: KType): PayloadCodec<*> = BinaryCodec(cbor, cbor.serializersModule.serializerOf(type), contentType)

    private companion object {
        // A publisher may be ahead of its subscribers by a property.
        val Tolerant = Cbor { ignoreUnknownKeys = true }
    }
}
