package dev.midge.nats.serialization.internal

import java.util.Locale

/** `type/subtype` of a `Content-Type` (RFC 9110, 8.3.1): in lower case, without parameters. */
internal object MediaType {
    const val HEADER: String = "Content-Type"

    fun of(contentType: String): String = contentType.substringBefore(';').trim().lowercase(Locale.ROOT)
}
