package dev.midge.nats.serialization

import dev.midge.nats.serialization.internal.nameOfValues
import kotlinx.io.Sink
import kotlinx.io.Source

/**
 * Turns values of one type into payloads and back.
 *
 * ```
 * object PointCodec : PayloadCodec<Point> {
 *     override fun encode(value: Point, sink: Sink) {
 *         sink.writeInt(value.x)
 *         sink.writeInt(value.y)
 *     }
 *
 *     override fun decode(source: Source): Point = Point(source.readInt(), source.readInt())
 * }
 * ```
 *
 * A codec is used by any number of threads at once: it keeps nothing between calls. Neither function suspends; both run in the caller's
 * coroutine, or in the one that collects.
 */
public interface PayloadCodec<T> {
    /** The media type of the payloads, such as `application/json`; `null` if they have none, and then none is ever sent. */
    public val contentType: String?
        get() = null

    /** What its values are in exceptions, events and the log. Unless overridden, the `T` that the codec's class names, or that class itself. */
    public val typeName: String
        get() = nameOfValues(javaClass)

    /**
     * Writes [value] to [sink], which holds nothing but this payload: pooled memory, from which it is copied once, to the socket's batch.
     *
     * The sink is the caller's: valid until this returns, and neither to be flushed nor closed. What is thrown becomes the cause of an
     * [UnencodableValueException], and nothing is sent.
     */
    public fun encode(value: T, sink: Sink)

    /**
     * Reads one value from [source], which ends where the payload ends and reads the received bytes where they are.
     *
     * Nothing of [source] may be kept or moved into the value: read it, or copy. For an inline subscription it is the connection's read buffer.
     *
     * Whether something may be left over is up to the codec. What is thrown becomes the cause of an [UndecodableMessageException].
     */
    public fun decode(source: Source): T
}
