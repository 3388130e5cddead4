package dev.midge.nats.kv

import dev.midge.nats.NatsOptionsDsl

/** What a watch begins with, and what it shows. Immutable. */
public class WatchOptions private constructor(builder: Builder) {
    /** Whether it begins with all that the bucket still has of each key, not with the last of it. Default `false`. */
    @get:JvmName("history")
    public val history: Boolean = builder.history

    /** Whether it shows only what is written from now on. Default `false`. */
    @get:JvmName("updatesOnly")
    public val updatesOnly: Boolean = builder.updatesOnly

    /** The revision that it begins with, or the first one after it; `null` for what the others say. Default `null`. */
    @get:JvmName("startRevision")
    public val startRevision: Long? = builder.startRevision

    /** Whether it leaves out that keys were deleted or purged. Default `false`. */
    @get:JvmName("ignoreDeletes")
    public val ignoreDeletes: Boolean = builder.ignoreDeletes

    init {
        require(listOf(history, updatesOnly, startRevision != null).count { it } <= 1) {
            "a watch begins in one way: history ($history), updatesOnly ($updatesOnly) or startRevision ($startRevision)"
        }
        require(startRevision == null || startRevision >= 1) { "startRevision is $startRevision; the first is 1" }
    }

    override fun toString(): String =
        "WatchOptions(history=$history, updatesOnly=$updatesOnly, startRevision=$startRevision, ignoreDeletes=$ignoreDeletes)"

    /** Collects [WatchOptions], which describe each of them. Not safe to share between threads. */
    @NatsOptionsDsl
    public class Builder internal constructor() {
        /** See [WatchOptions.history]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var history: Boolean = false

        /** See [WatchOptions.updatesOnly]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var updatesOnly: Boolean = false

        /** See [WatchOptions.startRevision]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var startRevision: Long? = null

        /** See [WatchOptions.ignoreDeletes]. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var ignoreDeletes: Boolean = false

        /** Sets [WatchOptions.history]. */
        public fun history(history: Boolean): Builder = apply { this.history = history }

        /** Sets [WatchOptions.updatesOnly]. */
        public fun updatesOnly(updatesOnly: Boolean): Builder = apply { this.updatesOnly = updatesOnly }

        /** Sets [WatchOptions.startRevision]. */
        public fun startRevision(startRevision: Long?): Builder = apply { this.startRevision = startRevision }

        /** Sets [WatchOptions.ignoreDeletes]. */
        public fun ignoreDeletes(ignoreDeletes: Boolean): Builder = apply { this.ignoreDeletes = ignoreDeletes }

        /**
         * The options as they are set now. The builder may be used on.
         *
         * @throws IllegalArgumentException if it would begin in more than one way, or the revision is none.
         */
        public fun build(): WatchOptions = WatchOptions(this)
    }

    /** Where options begin. */
    public companion object {
        /** The last value of each key, then all that is written. */
        @JvmField
        public val Default: WatchOptions = Builder().build()

        /** A builder with the defaults. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}
