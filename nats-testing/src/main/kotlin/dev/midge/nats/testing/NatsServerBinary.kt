package dev.midge.nats.testing

import dev.midge.nats.testing.internal.binary.BinaryLocator
import java.nio.file.Path

/**
 * An executable `nats-server` on this machine.
 *
 * [find] and [version] look in this order: the path in the environment variable `NATS_SERVER`, the directories of `PATH`, the cache
 * directory, and last the Debian package, which is fetched into the cache with the machine's own `apt-get` and mirror (no root needed).
 * The cache is `MIDGE_CACHE`, or else `$XDG_CACHE_HOME/midge`, or else `~/.cache/midge`; test JVMs may share it.
 *
 * @property path the executable.
 * @property version what `nats-server --version` says, such as `2.10.27`.
 */
public class NatsServerBinary internal constructor(public val path: Path, public val version: String) {
    /** The path and the version. */
    override fun toString(): String = "nats-server $version at $path"

    /** Finds binaries. */
    public companion object {
        /** The version that [find] fetches when the machine has none. */
        public const val DEFAULT_VERSION: String = "2.10.27"

        /**
         * Any `nats-server`: the first that the search order meets, [DEFAULT_VERSION] if it has to be fetched.
         *
         * @throws NatsServerNotFoundException if there is none and none could be fetched; the message says what to install.
         */
        @JvmStatic
        public fun find(): NatsServerBinary = BinaryLocator().find()

        /**
         * The `nats-server` of exactly [version]; `NATS_SERVER` and `PATH` count only if theirs is that version.
         *
         * @throws NatsServerNotFoundException if there is none and none could be fetched; the message says what to install.
         */
        @JvmStatic
        public fun version(version: String): NatsServerBinary = BinaryLocator().version(version)
    }
}
