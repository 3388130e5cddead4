package dev.midge.nats.objectstore

import dev.midge.nats.Headers
import dev.midge.nats.NatsOptionsDsl
import java.util.function.LongConsumer

/** What an object has beside its bytes, and how they are stored. Immutable. */
public class PutOptions private constructor(builder: Builder) {
    /** See [ObjectInfo.description]. Default `null`. */
    @get:JvmName("description")
    public val description: String? = builder.description

    /** See [ObjectInfo.headers]. Default none. */
    @get:JvmName("headers")
    public val headers: Headers = builder.headers

    /** See [ObjectInfo.metadata]. Default none. */
    @get:JvmName("metadata")
    public val metadata: Map<String, String> = builder.metadata.toMap()

    /** The most bytes of one message. Default `null`: 128 KiB, or less if the server takes less. */
    @get:JvmName("chunkSize")
    public val chunkSize: Int? = builder.chunkSize

    internal val onProgress: LongConsumer? = builder.onProgress

    init {
        require(chunkSize == null || chunkSize >= 1) { "chunkSize is $chunkSize; it has to be 1 or more" }
    }

    override fun toString(): String = "PutOptions(description=$description, headers=$headers, metadata=$metadata, chunkSize=$chunkSize)"

    /** Collects [PutOptions], which describe each of them. Not safe to share between threads. */
    @NatsOptionsDsl
    public class Builder internal constructor() {
        internal var onProgress: LongConsumer? = null

        /** See [PutOptions.description]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var description: String? = null

        /** See [PutOptions.headers]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var headers: Headers = Headers.Empty

        /** See [PutOptions.metadata]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var metadata: Map<String, String> = emptyMap()

        /** See [PutOptions.chunkSize]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var chunkSize: Int? = null

        /** Sets [PutOptions.description]. */
        public fun description(description: String?): Builder = apply { this.description = description }

        /** Sets [PutOptions.headers]. */
        public fun headers(headers: Headers): Builder = apply { this.headers = headers }

        /** Sets [PutOptions.metadata]. */
        public fun metadata(metadata: Map<String, String>): Builder = apply { this.metadata = metadata }

        /** Sets [PutOptions.chunkSize]. */
        public fun chunkSize(chunkSize: Int?): Builder = apply { this.chunkSize = chunkSize }

        /**
         * Has [progress] told how many bytes are stored, after each chunk. It is called by the coroutine that puts, which waits for it; what
         * it throws ends the put.
         */
        public fun onProgress(progress: LongConsumer): Builder = apply { onProgress = progress }

        /**
         * The options as they are set now. The builder may be used on.
         *
         * @throws IllegalArgumentException if a value is not valid.
         */
        public fun build(): PutOptions = PutOptions(this)
    }

    /** Where options begin. */
    public companion object {
        /** Bytes alone, in chunks of the default size. */
        @JvmField
        public val Default: PutOptions = Builder().build()

        /** A builder with the defaults. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}

/**
 * The default options, changed by [configure].
 *
 * @throws IllegalArgumentException if a value is not valid.
 */
@JvmSynthetic
public fun PutOptions(configure: PutOptions.Builder.() -> Unit): PutOptions = PutOptions.builder().apply(configure).build()
