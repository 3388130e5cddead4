package dev.midge.nats.bench.alone

/**
 * What is measured of a client.
 *
 * @property id the name in JSON.
 * @property heading of its column, with the unit.
 */
enum class Figure(val id: String, val heading: String) {
    /** Messages, or answered requests, a second. */
    Rate("rate", "msg/s"),

    /** The CPU time of the client's whole process a message: garbage collector and compiler included. */
    Cpu("cpu", "CPU ns"),

    /** Bytes that the client's process allocated on its heap, a message. */
    Allocated("allocated", "alloc B"),

    /** The CPU time of the server's process by the time that went by. Near 1, a null server, which has one thread, is the limit. */
    Server("server", "server"),

    /** System calls of the client's process for 1,000 messages, in a run of its own under `strace`. */
    SystemCalls("systemCalls", "calls/k"),

    /** Half of all requests were answered within so many microseconds of the moment at which they were to be sent. */
    P50("p50", "p50 µs"),

    P99("p99", "p99 µs"),

    P999("p99.9", "p99.9 µs"),

    /** Heap and direct buffers of an idle connection. */
    Memory("memory", "KiB each"),

    /** Threads of all idle connections together. */
    Threads("threads", "threads"),

    /** How often a second all idle connections together wake a thread. */
    WakeUps("wakeUps", "wake-ups/s"),

    /** The share of one core that all idle connections together take. */
    IdleCpu("idleCpu", "CPU %"),
    ;

    companion object {
        private val byId = entries.associateBy { it.id }

        fun of(id: String): Figure = requireNotNull(byId[id]) { "there is no figure '$id'" }
    }
}
