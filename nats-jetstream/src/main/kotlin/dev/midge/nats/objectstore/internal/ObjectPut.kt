package dev.midge.nats.objectstore.internal

import dev.midge.nats.NatsException
import dev.midge.nats.jetstream.internal.api.Names
import dev.midge.nats.jetstream.internal.api.log
import dev.midge.nats.objectstore.ObjectInfo
import dev.midge.nats.objectstore.ObjectNotStoredException
import dev.midge.nats.objectstore.ObjectStoreException
import dev.midge.nats.objectstore.ObjectUnconfirmedException
import dev.midge.nats.objectstore.PutOptions
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.withContext

/**
 * One object that is being put: chunks first, then the metadata that makes them an object, then away with what it replaces. Whatever ends it
 * before its metadata is stored, its chunks are removed.
 */
internal class ObjectPut(
    private val metas: MetaStore,
    private val chunks: ChunkStore,
    private val name: String,
    private val options: PutOptions,
) {
    private val nuid = Names.random()
    private val read = Digested()

    /** What the source has thrown: it is thrown as it is. */
    private var ofSource: Throwable? = null

    /** @param source makes the chunks, with the most bytes that one may have. */
    suspend fun run(source: (Int) -> Flow<ByteArray>): ObjectInfo {
        // Says whether there is a store, and connects, before anything is read.
        metas.find(name)
        val size = chunks.size(options.chunkSize)
        try {
            chunks.write(nuid, noted(source(size)), size) { options.onProgress?.accept(minOf(it * size, read.bytes)) }
        } catch (e: Throwable) {
            throw discarded(e)
        }
        // From here on it is not cancelled: its chunks are part of an object, or are removed.
        return withContext(NonCancellable) { complete(size) }
    }

    private fun noted(pieces: Flow<ByteArray>): Flow<ByteArray> = pieces.catch {
        ofSource = it
        throw it
    }.onEach(read::add)

    private suspend fun complete(size: Int): ObjectInfo {
        val json = ObjectJson.ofPut(metas.bucket, name, nuid, options, size, read)
        val replaced = try {
            metas.replace(name) { json }
        } catch (e: ObjectUnconfirmedException) {
            throw e
        } catch (e: Throwable) {
            throw discarded(e)
        }
        chunks.removeUnnamed(replaced, metas)
        return replaced.after
    }

    /** Removes what was stored. Returns what the put ends with because of [cause]. */
    private suspend fun discarded(cause: Throwable): Throwable {
        try {
            chunks.discard(nuid)
        } catch (e: NatsException) {
            cause.addSuppressed(e)
        }
        val isOwn = cause is NatsException && cause !is ObjectStoreException && !isOfSource(cause)
        return if (isOwn) ObjectNotStoredException(metas.bucket, name, cause) else cause
    }

    /** Where assertions are on, coroutines throw a copy, with the original as its cause. */
    private fun isOfSource(e: Throwable) = ofSource.let { it != null && (e === it || e.cause === it) }
}

/** Removes the chunks that [replaced] leaves without an object, wherever it is known to be so. */
internal suspend fun ChunkStore.removeUnnamed(replaced: MetaStore.Replaced, metas: MetaStore) {
    val (before, after) = replaced.before to replaced.after
    if (replaced.doubt == null) {
        if (before != null && (after.isDeleted || after.nuid != before.nuid)) remove(before) { true }
        return
    }
    // Whoever came later has removed one of them, and may have renamed the other one.
    for (old in listOfNotNull(before, after).distinctBy { it.nuid }) remove(old) { !metas.hasChunks(old.nuid) }
}

/** Removes the chunks of [old] if that [isUnnamed]: what cannot be removed takes room, and does nothing else. */
private suspend fun ChunkStore.remove(old: ObjectInfo, isUnnamed: suspend () -> Boolean) {
    if (old.isDeleted || old.chunks == 0L) return
    try {
        if (isUnnamed()) purge(old.nuid)
    } catch (e: NatsException) {
        log.warn("the chunks {} of '{}' are left in the object store '{}'", old.nuid, old.name, old.bucket, e)
    }
}
