package dev.midge.nats.objectstore.internal

import dev.midge.nats.ConnectionClosedException
import dev.midge.nats.jetstream.JetStream
import dev.midge.nats.jetstream.JetStreamMessage
import dev.midge.nats.jetstream.OrderedConfig
import dev.midge.nats.jetstream.StreamNotFoundException
import dev.midge.nats.jetstream.internal.consume.CatchUp
import dev.midge.nats.jetstream.internal.consume.OrderedRun
import dev.midge.nats.jetstream.internal.consume.OrderedTaker
import dev.midge.nats.objectstore.ObjectEvent
import dev.midge.nats.objectstore.ObjectInfo
import dev.midge.nats.objectstore.ObjectStoreNotFoundException
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.FlowCollector
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.transformWhile

/** What happens to the objects of a store; each collector watches for itself. */
internal fun objectEvents(jetStream: JetStream, metas: MetaStore, updatesOnly: Boolean): Flow<ObjectEvent> =
    flow { ObjectWatch(jetStream, metas, updatesOnly, this).run() }.catch {
        throw if (it is StreamNotFoundException) ObjectStoreNotFoundException(metas.bucket, it) else it
    }

/** All objects as they are now. */
internal fun listedObjects(jetStream: JetStream, metas: MetaStore, includeDeleted: Boolean): Flow<ObjectInfo> = flow {
    var isComplete = false
    objectEvents(jetStream, metas, updatesOnly = false).transformWhile { event ->
        when (event) {
            is ObjectEvent.Put -> emit(event.info)
            is ObjectEvent.Deleted -> if (includeDeleted) emit(event.info)
            ObjectEvent.CaughtUp -> isComplete = true
        }
        !isComplete
    }.collect(this)
    if (!isComplete) throw ConnectionClosedException("the connection was closed while the objects of '${metas.bucket}' were listed")
}

/** One collector of a watch. */
private class ObjectWatch(
    private val jetStream: JetStream,
    private val metas: MetaStore,
    private val updatesOnly: Boolean,
    private val collector: FlowCollector<ObjectEvent>,
) : OrderedTaker {
    private val catchUp = CatchUp(isAtOnce = updatesOnly, countsSubjects = true, trustsPending = true)

    suspend fun run() {
        val config = OrderedConfig.builder().apply {
            if (updatesOnly) startAtNew() else startAtLastPerSubject()
            filterSubjects = listOf(BucketNames.anyMeta(metas.bucket))
        }.build()
        OrderedRun(jetStream, BucketNames.streamOf(metas.bucket), config, this).run()
    }

    override suspend fun onMessage(message: JetStreamMessage) {
        val metadata = message.metadata
        val info = metas.read(message.subject, message.payload, metadata.streamSequence, metadata.timestamp)
        collector.emit(if (info.isDeleted) ObjectEvent.Deleted(info) else ObjectEvent.Put(info))
        if (catchUp.onMessage(message.subject, metadata.streamSequence, metadata.pending)) collector.emit(ObjectEvent.CaughtUp)
    }

    override suspend fun onStream(last: Long): Unit = catchUp.onStream(last)

    override suspend fun onConsumer(pending: Long, reason: String?, after: Long) {
        if (catchUp.onConsumer(pending)) collector.emit(ObjectEvent.CaughtUp)
    }

    override suspend fun onIdle() {
        if (catchUp.onIdle()) collector.emit(ObjectEvent.CaughtUp)
    }
}
