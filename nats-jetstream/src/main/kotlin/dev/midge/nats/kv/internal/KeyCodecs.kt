package dev.midge.nats.kv.internal

import dev.midge.nats.kv.KeyCodec
import java.util.Base64

internal object PlainKeys : KeyCodec {
    override fun encode(key: String): String = key

    override fun decode(stored: String): String = stored

    override fun encodeFilter(filter: String): String = filter

    override fun toString(): String = "Plain"
}

/** Token by token, so that wildcards can still be told. */
internal object Base64Keys : KeyCodec {
    private val encoder = Base64.getUrlEncoder().withoutPadding()
    private val decoder = Base64.getUrlDecoder()

    override fun encode(key: String): String = key.byToken(::encodeToken)

    override fun decode(stored: String): String = stored.byToken { decoder.decode(it).decodeToString(throwOnInvalidSequence = true) }

    override fun encodeFilter(filter: String): String = filter.byToken { if (it == "*" || it == ">") it else encodeToken(it) }

    private fun encodeToken(token: String) = encoder.encodeToString(token.encodeToByteArray())

    private fun String.byToken(change: (String) -> String) = split('.').joinToString(".", transform = change)

    override fun toString(): String = "Base64"
}

internal object PathKeys : KeyCodec {
    private const val ROOT = "_root_"

    override fun encode(key: String): String {
        require(key.isNotEmpty() && "//" !in key) { "'$key' is no path: it has an empty part" }
        require('.' !in key) { "'$key' is no path for this codec: its '.' would come back as a '/'" }
        val path = if (key.length > 1) key.removeSuffix("/") else key
        return when {
            path == "/" -> ROOT
            path.startsWith("/") -> "$ROOT." + path.substring(1).replace('/', '.')
            else -> path.replace('/', '.')
        }
    }

    override fun decode(stored: String): String = when {
        stored == ROOT -> "/"
        stored.startsWith("$ROOT.") -> "/" + stored.substring(ROOT.length + 1).replace('.', '/')
        else -> stored.replace('.', '/')
    }

    override fun encodeFilter(filter: String): String = encode(filter)

    override fun toString(): String = "Path"
}

internal class JoinedKeys(private val first: KeyCodec, private val second: KeyCodec) : KeyCodec {
    override fun encode(key: String): String = second.encode(first.encode(key))

    override fun decode(stored: String): String = first.decode(second.decode(stored))

    override fun encodeFilter(filter: String): String? = first.encodeFilter(filter)?.let(second::encodeFilter)

    override fun toString(): String = "$first then $second"
}
