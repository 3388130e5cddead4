package dev.midge.nats.internal.values

/**
 * The parts of a value by name: they say what it equals and how it reads. So a class gets what a data class would give it, and no
 * constructor, `copy` or `componentN` that a further property would change.
 */
internal class Parts(private val type: String, private vararg val parts: Pair<String, Any?>) {
    override fun equals(other: Any?): Boolean = other is Parts && type == other.type && parts.size == other.parts.size &&
        parts.indices.all { parts[it].second == other.parts[it].second }

    override fun hashCode(): Int = parts.fold(type.hashCode()) { hash, (_, value) -> HASH_FACTOR * hash + value.hashCode() }

    override fun toString(): String = parts.joinToString(", ", "$type(", ")") { (name, value) -> "$name=$value" }

    private companion object {
        const val HASH_FACTOR = 31
    }
}
