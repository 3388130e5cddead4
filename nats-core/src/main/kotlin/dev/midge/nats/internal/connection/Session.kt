package dev.midge.nats.internal.connection

import dev.midge.nats.ConnectionLostException
import dev.midge.nats.NatsException
import dev.midge.nats.internal.inbound.Dispatcher
import dev.midge.nats.internal.inbound.InboundCounters
import dev.midge.nats.internal.inbound.ReaderLoop
import dev.midge.nats.internal.outbound.OutboundBuffer
import dev.midge.nats.internal.outbound.WriterLoop
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext

/** The reader and the writer of one [Link], from the first byte after the handshake to its end. */
internal class Session(
    private val link: Link,
    private val outbound: OutboundBuffer,
    private val dispatcher: Dispatcher,
    private val counters: InboundCounters,
) {
    private val end = CompletableDeferred<NatsException>()

    /** Runs until the link breaks, and returns why; when cancelled, the link is closed as well. [onStart] is called when both loops run. */
    suspend fun run(onStart: () -> Unit): NatsException = coroutineScope {
        val writer = launch { endingWith(null) { WriterLoop(outbound, link.transport).run() } }
        // Unconfined: the reader goes on where the selector wakes it, without a thread hop.
        val reader = launch(Dispatchers.Unconfined) { endingWith("closed by the server") { readerLoop().run() } }
        try {
            onStart()
            end.await()
        } finally {
            close(reader, writer)
        }
    }

    private fun readerLoop() = ReaderLoop(link.transport.input, link.parser, dispatcher, counters)

    private suspend fun close(reader: Job, writer: Job) {
        withContext(NonCancellable) {
            reader.cancelAndJoin()
            writer.cancelAndJoin()
            link.transport.close()
        }
    }

    /** Ends the session when [loop] fails, or returns and that means [reason]. */
    private suspend inline fun endingWith(reason: String?, loop: () -> Unit) {
        try {
            loop()
            if (reason != null) end.complete(ConnectionLostException("the connection to ${link.server} was $reason"))
        } catch (e: NatsException) {
            end.complete(e)
        } catch (e: Throwable) {
            // This session's own cancellation passes; anything else, were it an Error, is its end: a loop that died unseen would be
            // a zombie.
            currentCoroutineContext().ensureActive()
            end.complete(ConnectionLostException("the connection to ${link.server} broke: ${e.message ?: e::class.simpleName}", e))
        }
    }
}
