package dev.midge.nats

import dev.midge.nats.internal.values.Parts
import kotlin.time.Duration
import kotlin.time.toJavaDuration
import java.time.Duration as JavaDuration

/**
 * A server that may be tried next, as [ReconnectOptions.selectServer] sees it.
 *
 * @property url where it listens, without credentials.
 * @property isDiscovered whether a server of the cluster named it; otherwise it stands in the options.
 * @property failures how many attempts in a row have failed there.
 * @property delay how long it will be left alone yet.
 */
public class ServerCandidate internal constructor(
    @get:JvmName("url") public val url: String,
    public val isDiscovered: Boolean,
    @get:JvmName("failures") public val failures: Int,
    public val delay: Duration,
) {
    private val parts: Parts
        get() = Parts("ServerCandidate", "url" to url, "isDiscovered" to isDiscovered, "failures" to failures, "delay" to delay)

    /** The property of the same name, for Java. */
    public fun delay(): JavaDuration = delay.toJavaDuration()

    override fun equals(other: Any?): Boolean = other is ServerCandidate && parts == other.parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = parts.toString()
}
