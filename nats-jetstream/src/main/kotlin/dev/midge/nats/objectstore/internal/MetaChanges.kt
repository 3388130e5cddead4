package dev.midge.nats.objectstore.internal

import dev.midge.nats.NatsException
import dev.midge.nats.jetstream.internal.api.Names
import dev.midge.nats.objectstore.ObjectChangedException
import dev.midge.nats.objectstore.ObjectExistsException
import dev.midge.nats.objectstore.ObjectInfo
import dev.midge.nats.objectstore.ObjectLink
import dev.midge.nats.objectstore.ObjectMetaBuilder
import dev.midge.nats.objectstore.ObjectNotFoundException
import dev.midge.nats.objectstore.ObjectUnconfirmedException
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.withContext
import kotlinx.serialization.json.JsonObject

/** What changes an object without its bytes. Once begun, none of it is cancelled. */
internal class MetaChanges(private val metas: MetaStore, private val chunks: ChunkStore) {
    private val bucket = metas.bucket

    suspend fun delete(name: String) {
        val found = metas.find(name) ?: throw ObjectNotFoundException(bucket, name)
        if (found.isDeleted) return
        withContext(NonCancellable) {
            val replaced = metas.replace(name) { ObjectJson.deleted((it ?: throw ObjectNotFoundException(bucket, name)).wire) }
            chunks.removeUnnamed(replaced, metas)
        }
    }

    suspend fun link(name: String, link: ObjectLink): ObjectInfo {
        val json = ObjectJson.ofLink(bucket, name, Names.random(), link)
        return metas.replace(name) { found ->
            if (metas.live(found) != null && found?.link == null) throw ObjectExistsException(bucket, name)
            json
        }.after
    }

    suspend fun update(name: String, update: ObjectMetaBuilder.() -> Unit): ObjectInfo {
        val found = metas.get(name)
        val changed = changed(found, update)
        if (changed.name == found.name) {
            return metas.replace(name) { now ->
                changed(metas.live(now) ?: throw ObjectNotFoundException(bucket, name), update).json()
            }.after
        }
        return withContext(NonCancellable) { rename(found, changed.name, changed.json()) }
    }

    private fun changed(info: ObjectInfo, update: ObjectMetaBuilder.() -> Unit) = ObjectMetaBuilder(info.wire).apply(update)

    /**
     * The new name is taken first, then the old one is given up, if it is still the same object's: whoever has replaced that meanwhile removes
     * the chunks, and there is nothing to rename.
     */
    private suspend fun rename(old: ObjectInfo, name: String, json: JsonObject): ObjectInfo {
        val replaced = metas.replace(name) { if (metas.live(it) != null) throw ObjectExistsException(bucket, name) else json }
        // There is another object of the new name: the old one may be all that there is.
        replaced.doubt?.let { throw ObjectUnconfirmedException(bucket, name, it) }
        val renamed = replaced.after
        val isGone = try {
            patiently { metas.giveUp(old) }
        } catch (e: NatsException) {
            // It may be removed without being told: then the new name is all that the object has.
            if (isPassing(e)) throw ObjectUnconfirmedException(bucket, old.name, e)
            undo(renamed, e)
            throw e
        }
        if (isGone) return renamed
        // It may be this that has removed it, without being told.
        if (metas.find(old.name) == null) return renamed
        throw ObjectChangedException(bucket, old.name).also { undo(renamed, it) }
    }

    private suspend fun undo(renamed: ObjectInfo, cause: NatsException) {
        try {
            patiently { metas.remove(renamed.sequence) }
        } catch (e: NatsException) {
            cause.addSuppressed(e)
        }
    }
}
