package dev.midge.nats.serialization

import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsOperations
import dev.midge.nats.PublishBatch

/**
 * Brings a registry of its own: the typed calls of this module use [codecs] on whatever implements it, and [CodecRegistry.Default] on
 * anything else.
 */
public interface HasCodecs {
    /** What typed calls encode and decode with. */
    public val codecs: CodecRegistry
}

/**
 * The same connection (or pool, or shards), whose typed calls use [codecs]; all else is as it was. It makes no difference through which of
 * the two something that is not typed is done.
 *
 * ```
 * val nats = NatsConnection("nats://localhost:4222")
 * val packed = nats.withCodecs(CodecRegistry { format = JacksonFormat.messagePack() })
 * packed.publish("people", person)
 * ```
 */
public fun NatsOperations.withCodecs(codecs: CodecRegistry): NatsOperations =
    OperationsWithCodecs(if (this is OperationsWithCodecs) operations else this, codecs)

@OptIn(InternalNatsApi::class)
private class OperationsWithCodecs(val operations: NatsOperations, override val codecs: CodecRegistry) :
    NatsOperations by operations,
    HasCodecs {
    override suspend fun publishBatch(fill: PublishBatch.() -> Unit) =
        operations.publishBatch { BatchWithCodecs(this, this@OperationsWithCodecs.codecs).fill() }

    override fun toString(): String = operations.toString()
}

@OptIn(InternalNatsApi::class)
private class BatchWithCodecs(batch: PublishBatch, override val codecs: CodecRegistry) :
    PublishBatch by batch,
    HasCodecs

@PublishedApi
internal fun codecsOf(receiver: Any): CodecRegistry = (receiver as? HasCodecs)?.codecs ?: CodecRegistry.Default
