package dev.midge.nats.bench.alone

/** Measures one client in this JVM, which has done nothing else. */
internal interface AloneWorker : AutoCloseable {
    /** Tells each measured run as it ends. */
    fun run(told: (Measurement) -> Unit)
}
