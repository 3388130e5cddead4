package dev.midge.nats.services.internal

import kotlinx.serialization.json.JsonObjectBuilder
import kotlinx.serialization.json.put
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock

/** What an endpoint has done. INVARIANT: [lock] guards all fields, so that what is shown together belongs together. */
internal class EndpointCounters {
    private val lock = ReentrantLock()
    private var requests = 0L
    private var errors = 0L
    private var nanos = 0L
    private var lastError = ""

    /** A handler has ended after [nanos], and [error] says how it failed, if it did. */
    fun handled(nanos: Long, error: String? = null): Unit = lock.withLock {
        requests++
        this.nanos += nanos
        if (error != null) failed(error)
    }

    /** What was handled could not be answered. */
    fun unanswered(error: String): Unit = lock.withLock { failed(error) }

    private fun failed(error: String) {
        errors++
        lastError = error
    }

    fun reset(): Unit = lock.withLock {
        requests = 0
        errors = 0
        nanos = 0
        lastError = ""
    }

    fun writeTo(json: JsonObjectBuilder): Unit = lock.withLock {
        json.put("num_requests", requests)
        json.put("num_errors", errors)
        json.put("last_error", lastError)
        json.put("processing_time", nanos)
        json.put("average_processing_time", if (requests == 0L) 0L else nanos / requests)
    }
}
