package dev.midge.nats

import dev.midge.nats.internal.values.Parts

/** The limits of memory, in bytes. Immutable. */
public class BufferOptions private constructor(builder: Builder) {
    /**
     * Bytes that may wait for the socket before publishers suspend. A frame larger than half of it is taken when no more than half is in use.
     * Default 1 MiB.
     */
    @get:JvmName("outbound")
    public val outbound: Int = builder.outbound

    /**
     * The most payload and header bytes that a server may send in one message; a larger one ends the connection to it ([ProtocolException]).
     * Default `null`: twice the `max_payload` of the server's INFO, but at least 8 MiB, and at most 64 MiB or half the heap, whichever is less.
     * That is more than `max_payload` because that limit is on what is published there: other servers of the cluster and leaf nodes may take
     * larger messages and pass them on, an account may let its users publish less than it lets them receive, and servers add headers. Set it
     * where a peer takes messages that are larger still.
     */
    @get:JvmName("maxIncomingPayload")
    public val maxIncomingPayload: Int? = builder.maxIncomingPayload

    private val parts: Parts
        get() = Parts("BufferOptions", "outbound" to outbound, "maxIncomingPayload" to maxIncomingPayload)

    init {
        require(outbound > 0) { "buffers.outbound is $outbound; it has to be more than zero" }
        require(maxIncomingPayload == null || maxIncomingPayload > 0) {
            "buffers.maxIncomingPayload is $maxIncomingPayload; it has to be more than zero"
        }
    }

    /** These limits with the changes of [configure]. */
    @JvmSynthetic
    public fun copy(configure: Builder.() -> Unit): BufferOptions = toBuilder().apply(configure).build()

    /** A builder with these limits, for others that differ. */
    public fun toBuilder(): Builder = Builder(this)

    override fun equals(other: Any?): Boolean = other is BufferOptions && parts == other.parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = parts.toString()

    /** Collects [BufferOptions], which describe each of them. Not safe to share between threads. */
    @NatsOptionsDsl
    public class Builder internal constructor(from: BufferOptions? = null) {
        /** See [BufferOptions.outbound]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var outbound: Int = from?.outbound ?: (1024 * 1024)

        /** See [BufferOptions.maxIncomingPayload]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var maxIncomingPayload: Int? = from?.maxIncomingPayload

        /** Sets [BufferOptions.outbound]. */
        public fun outbound(outbound: Int): Builder = apply { this.outbound = outbound }

        /** Sets [BufferOptions.maxIncomingPayload]; `null` follows the server's limit. */
        public fun maxIncomingPayload(maxIncomingPayload: Int?): Builder = apply { this.maxIncomingPayload = maxIncomingPayload }

        /**
         * The limits as they are set now. The builder may be used on.
         *
         * @throws IllegalArgumentException if one of them is not more than zero.
         */
        public fun build(): BufferOptions = BufferOptions(this)
    }

    /** Where limits of memory begin. */
    public companion object {
        /** A builder with the defaults. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}
