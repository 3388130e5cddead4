package dev.midge.nats.objectstore

import dev.midge.nats.jetstream.JetStream
import dev.midge.nats.objectstore.internal.BucketNames
import dev.midge.nats.objectstore.internal.ChunkStore
import dev.midge.nats.objectstore.internal.MetaChanges
import dev.midge.nats.objectstore.internal.MetaStore
import dev.midge.nats.objectstore.internal.ObjectPut
import dev.midge.nats.objectstore.internal.chunksOf
import dev.midge.nats.objectstore.internal.inBucket
import dev.midge.nats.objectstore.internal.listedObjects
import dev.midge.nats.objectstore.internal.objectChunks
import dev.midge.nats.objectstore.internal.objectEvents
import kotlinx.coroutines.flow.Flow
import kotlinx.io.Source
import java.io.InputStream
import java.nio.file.Path

/**
 * One object store (ADR-20), by its name: objects of any size under names of any text. A handle without a life: the store may be made, changed
 * or deleted by anybody meanwhile. All members may be called from any thread.
 *
 * Every member throws [ObjectStoreNotFoundException] if there is no such store, and what [dev.midge.nats.jetstream.JetStreamException] lists.
 * Metadata is read from the leader: what was stored is found.
 */
public class ObjectStore internal constructor(
    private val jetStream: JetStream,
    /** Its name. */
    @get:JvmName("bucket") public val bucket: String,
) {
    private val metas = MetaStore(jetStream, bucket)
    private val chunks = ChunkStore(jetStream, bucket)
    private val changes = MetaChanges(metas, chunks)

    /** The store as it is now. */
    public suspend fun status(): ObjectStoreStatus =
        inBucket(bucket) { ObjectStoreStatus(jetStream.catalog.info(BucketNames.streamOf(bucket))) }

    /** Makes the store unchangeable, for good: nothing can be put or deleted any more. */
    public suspend fun seal(): ObjectStoreStatus =
        inBucket(bucket) { ObjectStoreStatus(jetStream.stream(BucketNames.streamOf(bucket)).seal()) }

    /**
     * Stores [bytes] as the object [name], in place of one that is there. Returns what the store says of it.
     *
     * Chunks are stored first, some of them at a time, then the metadata that makes them an object; until then, readers get the old one. Of
     * several that put the same name, the last one stays, and nothing of the others. If it fails or is cancelled, what was stored of it is
     * removed before this returns; that waits up to 20 s for servers that are away. Once all chunks are stored, it is not cancelled any more.
     * Leave the array alone until this returns.
     *
     * @throws ObjectNotStoredException if the store does not take it, or the connection is lost; its cause says why.
     * @throws ObjectUnconfirmedException if nobody says whether the metadata was stored.
     */
    public suspend fun put(name: String, bytes: ByteArray, options: PutOptions = PutOptions.Default): ObjectInfo =
        ObjectPut(metas, chunks, name, options).run { chunksOf(bytes, it) }

    /**
     * As the one with an array, with what [source] has to its end, which is read as there is room for it, on `Dispatchers.IO`. It is not
     * closed. Cancelling interrupts the thread that reads. What [source] throws is thrown here.
     */
    public suspend fun put(name: String, source: Source, options: PutOptions = PutOptions.Default): ObjectInfo =
        ObjectPut(metas, chunks, name, options).run { chunksOf(source, it) }

    /** As the one with a Source. */
    public suspend fun put(name: String, input: InputStream, options: PutOptions = PutOptions.Default): ObjectInfo =
        ObjectPut(metas, chunks, name, options).run { chunksOf(input, it) }

    /** As the one with a Source, with the file [path]. */
    public suspend fun put(name: String, path: Path, options: PutOptions = PutOptions.Default): ObjectInfo =
        ObjectPut(metas, chunks, name, options).run { chunksOf(path, it) }

    /**
     * As the one with an array, with [pieces] of any size, which are collected as there is room for them: their sizes are not those of the
     * chunks. Arrays are copied before the next one is asked for. What [pieces] throw is thrown here.
     */
    public suspend fun put(name: String, pieces: Flow<ByteArray>, options: PutOptions = PutOptions.Default): ObjectInfo =
        ObjectPut(metas, chunks, name, options).run { chunksOf(pieces, it) }

    /**
     * The object [name], to be read; that which it leads to, if it is a link.
     *
     * @throws ObjectNotFoundException if there is none.
     * @throws ObjectLinkException if it is a link to a store, or to another link.
     */
    public suspend fun get(name: String): ObjectReader {
        val found = metas.get(name)
        val link = found.link ?: return reader(found)
        val target = link.name ?: throw ObjectLinkException(bucket, name, "it leads to the object store '${link.bucket}'")
        if (!BucketNames.isName(link.bucket)) throw ObjectLinkException(bucket, name, "'${link.bucket}' is no name of an object store")
        val other = if (link.bucket == bucket) this else jetStream.objectStore(link.bucket)
        val there = other.metas.get(target)
        if (there.link != null) throw ObjectLinkException(bucket, name, "it leads to another link, '$target' in '${link.bucket}'")
        return other.reader(there)
    }

    private fun reader(info: ObjectInfo) = ObjectReader(info, objectChunks(jetStream, metas, chunks, info))

    /** What the store says of the object [name], or `null` if there is none. Of a link, what it says of the link. */
    public suspend fun info(name: String): ObjectInfo? = metas.live(metas.find(name))

    /**
     * Deletes the object [name], or the link. That it was there remains known, see [list] and [watch]. Does nothing if it is deleted already.
     *
     * @throws ObjectNotFoundException if there never was one.
     * @throws ObjectUnconfirmedException if nobody says whether it was done.
     */
    public suspend fun delete(name: String): Unit = changes.delete(name)

    /**
     * Changes what [update] sets of the metadata of the object [name], and nothing else; its bytes stay. With another name it is renamed: what
     * it was called before is free then; [watch] tells of that name as of a deleted one. Do not rename what somebody else may replace at the
     * same moment: it is not known of every server that both come through.
     *
     * @throws ObjectNotFoundException if there is none.
     * @throws ObjectExistsException if it is to be renamed, and there is one of the new name.
     * @throws ObjectChangedException if it is to be renamed, and somebody has replaced it meanwhile: it keeps its name.
     * @throws ObjectUnconfirmedException if nobody says whether it was done. If it is to be renamed, it may have both names then, of the
     *     same bytes: delete none of them before the other one is known to be gone.
     */
    public suspend fun updateMeta(name: String, update: ObjectMetaBuilder.() -> Unit): ObjectInfo = changes.update(name, update)

    /**
     * Makes [name] a link to the object [target], of this store or another one: who gets it gets that, as it is then.
     *
     * @throws ObjectExistsException if there is an object of that name which is no link.
     * @throws IllegalArgumentException if [target] was deleted, or is a link.
     * @throws ObjectUnconfirmedException if nobody says whether it was done.
     */
    public suspend fun addLink(name: String, target: ObjectInfo): ObjectInfo {
        require(!target.isDeleted) { "'${target.name}' was deleted: nothing can link to it" }
        require(target.link == null) { "'${target.name}' is a link: link to what it leads to" }
        return changes.link(name, ObjectLink(target.bucket, target.name))
    }

    /**
     * Makes [name] a link to the whole of [store]. It cannot be got; [ObjectInfo.link] says where it leads.
     *
     * @throws ObjectExistsException if there is an object of that name which is no link.
     * @throws ObjectUnconfirmedException if nobody says whether it was done.
     */
    public suspend fun addBucketLink(name: String, store: ObjectStore): ObjectInfo = changes.link(name, ObjectLink(store.bucket, null))

    /**
     * What the store says of all objects, and of deleted ones if [includeDeleted]; cold, in the order of their last changes.
     *
     * @throws dev.midge.nats.ConnectionClosedException in the Flow, if the connection is closed before the end.
     */
    public fun list(includeDeleted: Boolean = false): Flow<ObjectInfo> = listedObjects(jetStream, metas, includeDeleted)

    /**
     * All objects as they are, then [ObjectEvent.CaughtUp], then what happens to them: a Flow without an end. Cold: each collector watches for
     * itself.
     *
     * It survives lost connections, restarts of servers and changes of leaders: the last state of each object comes. One that changes while
     * the first ones come is told of with its last state. Ends if the connection is closed in order.
     *
     * @param updatesOnly whether to begin with [ObjectEvent.CaughtUp].
     * @throws MalformedObjectException in the Flow, if something is stored that describes no object.
     */
    public fun watch(updatesOnly: Boolean = false): Flow<ObjectEvent> = objectEvents(jetStream, metas, updatesOnly)

    override fun toString(): String = "ObjectStore($bucket)"
}
