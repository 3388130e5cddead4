package dev.midge.nats.kv.internal

import dev.midge.nats.ConnectionClosedException
import dev.midge.nats.jetstream.JetStreamMessage
import dev.midge.nats.jetstream.OrderedConfig
import dev.midge.nats.jetstream.internal.consume.CatchUp
import dev.midge.nats.jetstream.internal.consume.OrderedRun
import dev.midge.nats.jetstream.internal.consume.OrderedTaker
import dev.midge.nats.kv.KeyValueEvent
import dev.midge.nats.kv.WatchOptions
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.FlowCollector
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.emitAll
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.transformWhile

/** Watches one bucket: each collector by an ordered consumption of its own. */
internal class Watching<T>(private val ref: BucketRef, private val entries: Entries<T>) {
    /**
     * What happens to the keys of [filters], as the bucket calls them, and of all if there are none; without an end.
     *
     * @param hasValues whether the values come too.
     */
    fun events(filters: List<String>, options: WatchOptions, hasValues: Boolean): Flow<KeyValueEvent<T>> {
        val wanted = if (filters.isEmpty() || Keys.ALL in filters) listOf(Keys.ALL) else filters.distinct()
        return flow {
            val prefix = ref.place().prefix
            val config = config(wanted.map { prefix + it }, options, hasValues)
            OrderedRun(ref.jetStream, ref.stream, config, Taker(this, prefix, options, hasOneFilter = wanted.size == 1)).run()
        }.catch { throw ref.flowFailure(it) }
    }

    /**
     * The same until all that was there has been seen.
     *
     * @throws ConnectionClosedException from the collector, if the connection is closed before.
     */
    fun untilCaughtUp(filters: List<String>, options: WatchOptions, hasValues: Boolean): Flow<KeyValueEvent<T>> = flow {
        var isComplete = false
        val beginning = events(filters, options, hasValues).transformWhile { event ->
            isComplete = event === KeyValueEvent.CaughtUp
            if (!isComplete) emit(event)
            !isComplete
        }
        emitAll(beginning)
        if (!isComplete) throw ConnectionClosedException("the connection was closed while the keys of '${ref.bucket}' were read")
    }

    private fun config(filters: List<String>, options: WatchOptions, hasValues: Boolean): OrderedConfig = OrderedConfig.builder().apply {
        val revision = options.startRevision
        when {
            options.history -> startAtFirst()
            options.updatesOnly -> startAtNew()
            revision != null -> startAt(sequence = revision)
            else -> startAtLastPerSubject()
        }
        filterSubjects = filters
        headersOnly = !hasValues
    }.build()

    private inner class Taker(
        private val collector: FlowCollector<KeyValueEvent<T>>,
        private val prefix: String,
        private val options: WatchOptions,
        hasOneFilter: Boolean,
    ) : OrderedTaker {
        private val catchUp = CatchUp(
            isAtOnce = options.updatesOnly,
            countsSubjects = !options.history && options.startRevision == null,
            trustsPending = hasOneFilter,
        )

        override val wantsLasts: Boolean
            get() = !catchUp.isDone

        override suspend fun onStream(last: Long): Unit = catchUp.onStream(last)

        override suspend fun onConsumer(pending: Long, reason: String?, after: Long) {
            if (reason != null) collector.emit(KeyValueEvent.Resumed(after, reason))
            if (catchUp.onConsumer(pending)) collector.emit(KeyValueEvent.CaughtUp)
        }

        override suspend fun onMessage(message: JetStreamMessage) {
            val event = entries.event(prefix, message)
            val isNoValue = event is KeyValueEvent.Deleted || event is KeyValueEvent.Purged
            if (!options.ignoreDeletes || !isNoValue) collector.emit(event)
            // Those that are left out count too.
            onAgain(message)
        }

        override suspend fun onAgain(message: JetStreamMessage) {
            val metadata = message.metadata
            if (catchUp.onMessage(message.subject, metadata.streamSequence, metadata.pending)) collector.emit(KeyValueEvent.CaughtUp)
        }

        override suspend fun onIdle() {
            if (catchUp.onIdle()) collector.emit(KeyValueEvent.CaughtUp)
        }
    }
}
