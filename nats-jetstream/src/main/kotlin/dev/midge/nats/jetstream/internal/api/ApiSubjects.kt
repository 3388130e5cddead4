package dev.midge.nats.jetstream.internal.api

import dev.midge.nats.jetstream.JetStreamOptions

/** The subjects that JetStream answers on, below the prefix of the options. */
internal class ApiSubjects(options: JetStreamOptions) {
    private val prefix: String = options.domain?.let { "\$JS.$it.API" } ?: options.apiPrefix

    /** `STREAM.INFO.orders` and the like. */
    fun of(vararg tokens: String): String = tokens.joinToString(".", "$prefix.")

    /** What comes before the subjects that buckets are written by: nothing, or where another account or domain takes them. */
    val writePrefix: String = if (prefix == "\$JS.API") "" else "$prefix."
}
