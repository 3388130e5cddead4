package dev.midge.nats.jetstream.internal.publish

import dev.midge.nats.Headers
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.ReplySink
import dev.midge.nats.Subject
import dev.midge.nats.jetstream.fixtures.NoSeam
import kotlin.time.Duration

/** A connection that sends nothing, and remembers what was withdrawn. */
@OptIn(InternalNatsApi::class)
internal class FakeSeam : NoSeam() {
    val withdrawn = ArrayList<Long>()

    override fun deadline(timeout: Duration?): Long = System.nanoTime() + checkNotNull(timeout).inWholeNanoseconds

    override fun tryRequest(subject: Subject, payload: ByteArray, headers: Headers, sink: ReplySink, isIdle: Boolean): Long = 0

    override suspend fun request(subject: Subject, payload: ByteArray, headers: Headers, sink: ReplySink): Long = 0

    override fun withdraw(number: Long): Boolean = withdrawn.add(number)
}
