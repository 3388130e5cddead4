package dev.midge.nats.objectstore

import dev.midge.nats.objectstore.internal.ChunkInputStream
import dev.midge.nats.objectstore.internal.writeBeside
import kotlinx.coroutines.flow.Flow
import kotlinx.io.Source
import kotlinx.io.asSource
import kotlinx.io.buffered
import java.io.InputStream
import java.nio.file.Path

/**
 * The bytes of one object, to be read in one of several ways, any number of times. A handle: nothing is read before. All members may be called
 * from any thread.
 *
 * However it is read: chunks, bytes and SHA-256 are compared with what they should be, and the end comes only if all of them are right. What
 * was handed over before an exception is not the object. More is asked for as what has come is taken, up to 4 MiB ahead. A lost connection and
 * a change of the leader are survived: reading goes on behind the last chunk.
 */
public class ObjectReader internal constructor(
    /** The object; that which it leads to, if a link was asked for. */
    @get:JvmName("info") public val info: ObjectInfo,
    private val chunks: Flow<ByteArray>,
) {
    /**
     * Its chunks in their order, as they were stored; the arrays are the collector's own. Cold: each collector reads the object anew, and
     * leaves nothing behind when it stops.
     *
     * @throws ObjectReadException in the Flow, if the object is not what it should be, or is replaced meanwhile.
     * @throws dev.midge.nats.ConnectionClosedException in the Flow, if the connection is closed before the end.
     */
    public fun chunks(): Flow<ByteArray> = chunks

    /**
     * All bytes, in an array of the caller's own.
     *
     * @throws ObjectReadException as [chunks].
     * @throws IllegalStateException if no array can be that long.
     */
    public suspend fun bytes(): ByteArray {
        check(info.size in 0..LONGEST) { "'${info.name}' has ${info.size} bytes, and an array has at most $LONGEST: read it in chunks" }
        var bytes = ByteArray(0)
        var filled = 0
        chunks.collect { chunk ->
            if (filled == 0) bytes = ByteArray(info.size.toInt())
            chunk.copyInto(bytes, filled)
            filled += chunk.size
        }
        return bytes
    }

    /**
     * Writes it to the file [path]. It is written beside it, and takes its place when it was found to be right: until then, and if this fails
     * or is cancelled, a file that was there stays.
     *
     * @throws ObjectReadException as [chunks].
     * @throws java.io.IOException if it cannot be written.
     */
    public suspend fun writeTo(path: Path): Unit = writeBeside(path, chunks)

    /**
     * Its bytes for who reads by blocking: in a coroutine, read on `Dispatchers.IO`. One thread at a time; closing it from another one ends a
     * read. Close it, unless it is read to its end. Its reads throw an [java.io.IOException] for every failure, with what [chunks] throws as
     * the cause, and an [java.io.InterruptedIOException] if their thread is interrupted.
     */
    public fun inputStream(): InputStream = ChunkInputStream(chunks)

    /** As [inputStream], for kotlinx-io: it blocks as that does. */
    public fun source(): Source = inputStream().asSource().buffered()

    override fun toString(): String = "ObjectReader($info)"

    private companion object {
        /** What virtual machines allocate. */
        const val LONGEST = Int.MAX_VALUE - 8L
    }
}
