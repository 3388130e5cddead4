package dev.midge.nats.jetstream.internal.read

import dev.midge.nats.jetstream.FeatureNotSupportedException
import dev.midge.nats.jetstream.ServerFeature
import dev.midge.nats.jetstream.StoredMessage
import dev.midge.nats.jetstream.internal.api.ApiChannel
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.FlowCollector
import kotlinx.coroutines.flow.flow
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

/**
 * Reads many messages of a stream, page by page. Where the stream or the server has no such requests, one message after the other.
 */
internal class BatchReader(private val channel: ApiChannel, stream: String, private val single: MessageReader) {
    private val pages = DirectPages(channel, stream)

    /** The messages from the sequence [from] on that match [subject], as many as there are when the last page is read. */
    fun from(from: Long, subject: String): Flow<StoredMessage> = flow {
        if (hasPages()) pagesFrom(from, subject) else singlesFrom(from, subject)
    }

    private suspend fun hasPages() = channel.levels.level() >= ServerFeature.BATCH_GET.level && single.allowsDirect()

    private suspend fun FlowCollector<StoredMessage>.singlesFrom(from: Long, subject: String) {
        var next = from
        while (true) {
            val message = single.nextOf(subject, next, consistent = false) ?: return
            emit(message)
            next = message.sequence + 1
        }
    }

    private suspend fun FlowCollector<StoredMessage>.pagesFrom(from: Long, subject: String) {
        var next = from
        try {
            do {
                val before = next
                val end = pages.read(page("seq" to JsonPrimitive(next), "next_by_subj" to JsonPrimitive(subject))) {
                    next = it.sequence + 1
                    emit(it)
                }
                // One that has broken off goes on behind what has come of it.
            } while (next > before && (end.pending > 0 || end.silence != null))
        } catch (_: NoDirectGetException) {
            single.forgetDirect()
            singlesFrom(next, subject)
        }
    }

    /**
     * The last message of each of [subjects], all as the stream was at one moment; in the order of their sequences.
     *
     * @param onPage is called before each request but the first: what was written since the first is left out of them, and so is the
     *   subject if the stream keeps nothing older of it.
     */
    fun lastOf(subjects: List<String>, onPage: () -> Unit = {}): Flow<StoredMessage> = flow {
        if (!hasPages()) return@flow singlesOfLast(subjects)
        var count = 0
        try {
            pagesOfLast(subjects, onPage) { count++ }
        } catch (e: NoDirectGetException) {
            single.forgetDirect()
            if (count > 0) throw e
            singlesOfLast(subjects)
        }
    }

    /** The last message of each of [subjects], one by one: each as the stream is then. */
    fun eachLastOf(subjects: List<String>): Flow<StoredMessage> = flow { singlesOfLast(subjects) }

    private suspend fun FlowCollector<StoredMessage>.singlesOfLast(subjects: List<String>) {
        if (subjects.any { '*' in it || '>' in it }) throw FeatureNotSupportedException(ServerFeature.BATCH_GET, channel.levels.level())
        subjects.chunked(AT_ONCE).flatMap { singles(it) }.sortedBy { it.sequence }.forEach { emit(it) }
    }

    private suspend fun singles(subjects: List<String>): List<StoredMessage> = coroutineScope {
        subjects.map { async { single.lastOfOne(it, consistent = false) } }.awaitAll().filterNotNull()
    }

    /** The first page says as of which sequence it was; the others are asked for the same. */
    private suspend fun FlowCollector<StoredMessage>.pagesOfLast(subjects: List<String>, onPage: () -> Unit, onEmit: () -> Unit) {
        var upTo = 0L
        for (part in subjects.chunked(MOST_SUBJECTS)) {
            val names = JsonArray(part.map(::JsonPrimitive))
            var next = 1L
            do {
                val before = next
                if (upTo > 0L) onPage()
                val snapshot = if (upTo == 0L) emptyArray() else arrayOf("up_to_seq" to JsonPrimitive(upTo), "seq" to JsonPrimitive(next))
                val end = pages.read(page("multi_last" to names, *snapshot)) {
                    next = it.sequence + 1
                    onEmit()
                    emit(it)
                }
                end.silence?.let { throw it }
                if (upTo == 0L) upTo = end.upTo
            } while (end.pending > 0 && next > before)
        }
    }

    private fun page(vararg fields: Pair<String, JsonElement>) =
        JsonObject(mapOf("batch" to JsonPrimitive(PAGE_MESSAGES), "max_bytes" to JsonPrimitive(PAGE_BYTES), *fields))

    private companion object {
        const val PAGE_MESSAGES = 1000

        /** What one page takes in memory at most, but for its last message: half of what a subscription holds by default. */
        const val PAGE_BYTES = 32 * 1024 * 1024

        /** How many single messages are asked for at once. */
        const val AT_ONCE = 256

        /** The server finds no more by one request. */
        const val MOST_SUBJECTS = 1024
    }
}
