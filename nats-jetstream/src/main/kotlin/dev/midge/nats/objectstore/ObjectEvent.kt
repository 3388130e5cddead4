package dev.midge.nats.objectstore

/** What [ObjectStore.watch] tells. A later version may have more of them: give a `when` over it an `else`. */
public sealed class ObjectEvent {
    /** An object was put, or its metadata was changed. */
    public class Put internal constructor(
        /** What it has now. */
        @get:JvmName("info") public val info: ObjectInfo,
    ) : ObjectEvent() {
        override fun toString(): String = "Put($info)"
    }

    /** An object was deleted. */
    public class Deleted internal constructor(
        /** What is left of it. */
        @get:JvmName("info") public val info: ObjectInfo,
    ) : ObjectEvent() {
        override fun toString(): String = "Deleted($info)"
    }

    /** All that was stored when the watch began has been told; what follows is new. Comes exactly once, also from an empty store. */
    public object CaughtUp : ObjectEvent() {
        override fun toString(): String = "CaughtUp"
    }
}
