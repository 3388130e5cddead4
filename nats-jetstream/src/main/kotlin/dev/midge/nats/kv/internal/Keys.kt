package dev.midge.nats.kv.internal

import dev.midge.nats.kv.KeyCodec

/** Keys as users say them, and as subjects have them. */
internal class Keys(private val codec: KeyCodec) {
    /**
     * What the bucket calls [key].
     *
     * @throws IllegalArgumentException if that is no key.
     */
    fun stored(key: String): String {
        val stored = codec.encode(key)
        require(stored.isNotEmpty() && stored.all(::isKeyChar)) {
            "'$key' is no key: use letters, digits and '-', '/', '_', '=', '.'${toldAs(key, stored)}"
        }
        require(!hasEmptyToken(stored)) { "'$key' is no key: dots stand alone, and neither first nor last${toldAs(key, stored)}" }
        require(!stored.startsWith(RESERVED)) { "'$key' is no key: what begins with '$RESERVED' is reserved${toldAs(key, stored)}" }
        return stored
    }

    /**
     * What the bucket calls the keys of [filter].
     *
     * @throws IllegalArgumentException if that is no filter.
     */
    fun storedFilter(filter: String): String {
        if (filter == ALL) return ALL
        if (filter.none { it == '*' || it == '>' }) return stored(filter)
        val stored = requireNotNull(codec.encodeFilter(filter)) { "the key codec $codec takes no filter but '$ALL'; it got '$filter'" }
        val tokens = stored.split('.')
        require(tokens.all { it == "*" || (it.isNotEmpty() && it.all(::isKeyChar)) || it == ALL } && ALL !in tokens.dropLast(1)) {
            "'$filter' is no filter: '*' stands for one token, '$ALL' for the last ones, all else is as in keys${toldAs(filter, stored)}"
        }
        return stored
    }

    fun storedFilters(filters: List<String>): List<String> = filters.map(::storedFilter)

    /** The key that the bucket calls [stored]; throws what the codec throws if there is none. */
    fun key(stored: String): String = codec.decode(stored)

    private fun toldAs(key: String, stored: String) = if (key == stored) "" else "; the bucket would call it '$stored'"

    private fun hasEmptyToken(text: String) = text.first() == '.' || text.last() == '.' || ".." in text

    private fun isKeyChar(c: Char) = c in 'a'..'z' || c in 'A'..'Z' || c in '0'..'9' || c in "-/_=."

    companion object {
        /** The filter for all keys. */
        const val ALL = ">"
        private const val RESERVED = "_kv"
    }
}
