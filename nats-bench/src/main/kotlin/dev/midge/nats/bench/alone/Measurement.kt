package dev.midge.nats.bench.alone

import kotlinx.serialization.Serializable
import kotlinx.serialization.json.Json

/**
 * What a client's process prints of one measured run, on a line of its own.
 *
 * @property figures by [Figure.id].
 * @property calls the system calls that were most frequent, for 1,000 messages.
 */
@Serializable
data class Measurement(val figures: Map<String, Double>, val calls: Map<String, Double> = emptyMap()) {
    fun toLine(): String = PREFIX + Json.encodeToString(serializer(), this)

    companion object {
        /** Whatever else a process prints is not for the table. */
        private const val PREFIX = "measured "

        fun of(figures: Map<Figure, Double>): Measurement = Measurement(figures.mapKeys { it.key.id })

        fun parse(line: String): Measurement? =
            line.takeIf { it.startsWith(PREFIX) }?.let { Json.decodeFromString(serializer(), it.removePrefix(PREFIX)) }
    }
}
