package dev.midge.nats.services.internal

/** In which queue group instances share requests; with [name] `null` in none: each instance gets them all. */
internal class QueueGroup(val name: String?) {
    companion object {
        /** What services do that say nothing (ADR-32). */
        val Default = QueueGroup("q")

        val None = QueueGroup(null)

        fun of(name: String): QueueGroup {
            val isName = name.isNotEmpty() && name.none { it <= ' ' }
            require(isName) { "'$name' is not the name of a queue group: it is empty, or has a space" }
            return QueueGroup(name)
        }
    }
}
