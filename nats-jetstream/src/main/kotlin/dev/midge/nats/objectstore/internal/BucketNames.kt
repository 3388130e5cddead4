package dev.midge.nats.objectstore.internal

import dev.midge.nats.Subject
import dev.midge.nats.jetstream.Discard
import dev.midge.nats.jetstream.StreamConfig
import dev.midge.nats.jetstream.StreamConfigBuilder
import dev.midge.nats.jetstream.StreamNotFoundException
import dev.midge.nats.jetstream.internal.api.Names
import dev.midge.nats.objectstore.ObjectStoreNotFoundException
import java.nio.ByteBuffer
import java.nio.CharBuffer
import java.nio.charset.CharacterCodingException
import java.util.Base64

/** How stores and objects are called in streams and subjects (ADR-20). */
internal object BucketNames {
    /** What only stores have among their subjects. */
    const val ANY_CHUNK = "\$O.*.C.>"
    private const val PREFIX = "OBJ_"

    fun isName(bucket: String): Boolean = Names.isBucket(bucket)

    /** @throws IllegalArgumentException if [bucket] is no name of a store. */
    fun check(bucket: String): String = Names.checkBucket("bucket", bucket)

    fun streamOf(bucket: String): String = PREFIX + check(bucket)

    fun isBucket(stream: String): Boolean = stream.startsWith(PREFIX) && isName(bucketOf(stream))

    fun bucketOf(stream: String): String = stream.removePrefix(PREFIX)

    /** The stream of a new store. */
    fun newStream(bucket: String): StreamConfigBuilder = StreamConfig.builder(streamOf(bucket)).apply {
        subjects = listOf("\$O.$bucket.C.>", "\$O.$bucket.M.>")
        discard = Discard.NEW
        allowRollup = true
        allowDirect = true
    }

    fun chunks(bucket: String, nuid: String): Subject = Subject("\$O.$bucket.C.$nuid")

    /** With the padding: others look there. */
    fun meta(bucket: String, name: String): Subject = Subject("\$O.$bucket.M.${Base64.getUrlEncoder().encodeToString(utf8(name))}")

    fun anyMeta(bucket: String): String = "\$O.$bucket.M.>"

    private fun utf8(name: String): ByteArray {
        require(name.isNotEmpty()) { "the name of an object is empty; give it one" }
        val bytes: ByteBuffer = try {
            // Half a pair would become a question mark, and two names one.
            Charsets.UTF_8.newEncoder().encode(CharBuffer.wrap(name))
        } catch (e: CharacterCodingException) {
            throw IllegalArgumentException("'$name' is no name of an object: it cannot be written as UTF-8", e)
        }
        return ByteArray(bytes.remaining()).also(bytes::get)
    }
}

/** Runs [block], and calls it by its name if the stream of [bucket] is not there. */
internal inline fun <T> inBucket(bucket: String, block: () -> T): T = try {
    block()
} catch (e: StreamNotFoundException) {
    throw ObjectStoreNotFoundException(bucket, e)
}
