package dev.midge.nats

import dev.midge.nats.internal.protocol.HeaderBlock
import dev.midge.nats.internal.protocol.HeaderSyntax

/**
 * The headers of a message: names with one or more values each, in the order in which they were added.
 *
 * Names keep their case and are compared exactly (ADR-4). Immutable and safe to share between threads.
 *
 * ```
 * val headers = Headers.of("Trace-Id" to "7f3a", "Accept" to "json")
 * val more = headers.with("Accept", "cbor")
 * more.values("Accept") // [json, cbor]
 * ```
 */
public class Headers internal constructor(internal val entries: List<Pair<String, String>>) {
    /** The bytes that go to the wire, encoded when first sent. Encoding twice in a race is harmless: the results are equal. */
    internal val wire: ByteArray
        get() = encoded ?: HeaderBlock.encode(entries).also { encoded = it }

    @Volatile
    private var encoded: ByteArray? = null

    /** The distinct names, in the order of their first appearance. */
    @get:JvmName("names")
    public val names: Set<String>
        get() = entries.mapTo(LinkedHashSet()) { it.first }

    /** The number of values over all names. */
    @get:JvmName("size")
    public val size: Int
        get() = entries.size

    /** Whether there is no header at all. */
    public fun isEmpty(): Boolean = entries.isEmpty()

    /** The first value of [name], or `null`. */
    public operator fun get(name: String): String? = entries.firstOrNull { it.first == name }?.second

    /** All values of [name], in order; empty if there is none. */
    public fun values(name: String): List<String> = entries.filter { it.first == name }.map { it.second }

    /** Whether there is a header called [name]. */
    public operator fun contains(name: String): Boolean = entries.any { it.first == name }

    /** All headers as a map from name to values, in the order of first appearance. */
    public fun toMap(): Map<String, List<String>> = entries.groupBy({ it.first }, { it.second })

    /**
     * These headers and one more value of [name].
     *
     * @throws InvalidHeaderException if the name or the value cannot be sent.
     */
    public fun with(name: String, value: String): Headers = Headers(entries + checked(name, value))

    /** These headers without any value of [name]. */
    public fun without(name: String): Headers = Headers(entries.filterNot { it.first == name })

    override fun equals(other: Any?): Boolean = this === other || (other is Headers && entries == other.entries)

    override fun hashCode(): Int = entries.hashCode()

    override fun toString(): String = entries.joinToString(prefix = "{", postfix = "}") { (name, value) -> "$name: $value" }

    /** Factories of [Headers]. */
    public companion object {
        /** No headers. */
        @JvmField
        public val Empty: Headers = Headers(emptyList())

        /**
         * Headers of [entries], in order; a name may appear more than once.
         *
         * @throws InvalidHeaderException if a name is empty or holds anything but printable ASCII without `:`, or a value holds CR or LF.
         */
        @JvmStatic
        @JvmSynthetic
        public fun of(vararg entries: Pair<String, String>): Headers = Headers(entries.map { (name, value) -> checked(name, value) })

        /**
         * One header; [with] adds more.
         *
         * @throws InvalidHeaderException as [of].
         */
        @JvmStatic
        public fun of(name: String, value: String): Headers = Headers(listOf(checked(name, value)))

        /**
         * Headers of [map], in its iteration order.
         *
         * @throws InvalidHeaderException as [of].
         */
        @JvmStatic
        public fun of(map: Map<String, List<String>>): Headers = Headers(map.flatMap { (name, values) -> values.map { checked(name, it) } })

        private fun checked(name: String, value: String): Pair<String, String> {
            HeaderSyntax.nameViolation(name)?.let { throw InvalidHeaderException(name, it) }
            HeaderSyntax.valueViolation(value)?.let { throw InvalidHeaderException(name, it) }
            return name to value
        }
    }
}
