package dev.midge.nats.kv

import dev.midge.nats.kv.internal.Base64Keys
import dev.midge.nats.kv.internal.JoinedKeys
import dev.midge.nats.kv.internal.PathKeys
import dev.midge.nats.kv.internal.PlainKeys

/**
 * What a handle's keys are called in the bucket, where they are tokens of a subject: letters, digits and `-/_=`, between single dots.
 *
 * Used by any number of threads at once. Source: ADR-54.
 */
public interface KeyCodec {
    /**
     * What the bucket calls [key].
     *
     * @throws IllegalArgumentException if it is none that this can encode.
     */
    public fun encode(key: String): String

    /**
     * The key that the bucket calls [stored].
     *
     * @throws IllegalArgumentException if no key is called so.
     */
    public fun decode(stored: String): String

    /** The filter for what the bucket calls the keys that match [filter], or `null` if there is none: only `>` can be watched then. */
    public fun encodeFilter(filter: String): String? = null

    /** Encodes by this one, then by [next]; decodes the other way round. */
    public fun then(next: KeyCodec): KeyCodec = JoinedKeys(this, next)

    /** The codecs that come with this module. */
    public companion object {
        /** Keys as they are. */
        @JvmField
        public val Plain: KeyCodec = PlainKeys

        /** Any text between dots: each token in URL-safe base64, without padding. Wildcards stay. */
        @JvmField
        public val Base64: KeyCodec = Base64Keys

        /** Paths such as `/etc/hosts`, whose parts are tokens and have no dots; one `/` at the end is left out. */
        @JvmField
        public val Path: KeyCodec = PathKeys
    }
}
