package dev.midge.nats

import dev.midge.nats.internal.values.Parts
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds
import kotlin.time.toJavaDuration
import kotlin.time.toKotlinDuration
import java.time.Duration as JavaDuration

/** What becomes of publishes while the connection is being re-established. Immutable. */
public sealed class WhileDisconnected {
    /**
     * They are taken, and sent in order once the connection is back, until [bytes] wait; then publishers suspend, each for [timeout] at most,
     * and fail with [NotConnectedException]. Counted to the byte, with what was waiting when the connection was lost.
     *
     * @property bytes how many bytes may wait; 0 or more. Default 8 MiB.
     * @property timeout how long a publisher waits for room; more than zero. Default 30 s.
     * @throws IllegalArgumentException if a value is out of its range.
     */
    public class Buffer(@get:JvmName("bytes") public val bytes: Int = DEFAULT_BYTES, public val timeout: Duration = DEFAULT_TIMEOUT) :
        WhileDisconnected() {
        private val parts: Parts
            get() = Parts("WhileDisconnected.Buffer", "bytes" to bytes, "timeout" to timeout)

        init {
            require(bytes >= 0) { "WhileDisconnected.Buffer($bytes): the number of bytes cannot be negative" }
            require(timeout.isPositive()) { "WhileDisconnected.Buffer($bytes, $timeout): the timeout has to be more than zero" }
        }

        /** Takes [bytes] bytes, and lets publishers wait for the default timeout. */
        public constructor(bytes: Int) : this(bytes, DEFAULT_TIMEOUT)

        /** For Java. */
        public constructor(bytes: Int, timeout: JavaDuration) : this(bytes, timeout.toKotlinDuration())

        /** The property of the same name, for Java. */
        public fun timeout(): JavaDuration = timeout.toJavaDuration()

        override fun equals(other: Any?): Boolean = other is Buffer && parts == other.parts

        override fun hashCode(): Int = parts.hashCode()

        override fun toString(): String = parts.toString()

        private companion object {
            const val DEFAULT_BYTES = 8 * 1024 * 1024
            val DEFAULT_TIMEOUT = 30.seconds
        }
    }

    /**
     * Publishers suspend until the connection is back, and fail with [NotConnectedException] after [timeout].
     *
     * @property timeout how long they wait; more than zero.
     * @throws IllegalArgumentException if it is not.
     */
    public class Suspend(public val timeout: Duration) : WhileDisconnected() {
        private val parts: Parts
            get() = Parts("WhileDisconnected.Suspend", "timeout" to timeout)

        init {
            require(timeout.isPositive()) { "WhileDisconnected.Suspend($timeout): the timeout has to be more than zero" }
        }

        /** For Java. */
        public constructor(timeout: JavaDuration) : this(timeout.toKotlinDuration())

        /** The property of the same name, for Java. */
        public fun timeout(): JavaDuration = timeout.toJavaDuration()

        override fun equals(other: Any?): Boolean = other is Suspend && parts == other.parts

        override fun hashCode(): Int = parts.hashCode()

        override fun toString(): String = parts.toString()
    }

    /** Publishing fails with [NotConnectedException]. */
    public object Fail : WhileDisconnected() {
        override fun toString(): String = "WhileDisconnected.Fail"
    }
}
