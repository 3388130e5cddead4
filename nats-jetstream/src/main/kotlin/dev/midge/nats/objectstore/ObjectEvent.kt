package dev.midge.nats.objectstore

/** What [ObjectStore.watch] tells. A later version may have more of them: give a `when` over it an `else`. */
public sealed class ObjectEvent {
    /** An object was put, or its metadata was changed: [info] is what it has now. */
    public class Put internal constructor(@get:JvmName("info") public val info: ObjectInfo) : ObjectEvent() {
        override fun toString(): String = "Put($info)"
    }

    /** An object was deleted: [info] is what is left of it. */
    public class Deleted internal constructor(@get:JvmName("info") public val info: ObjectInfo) : ObjectEvent() {
        override fun toString(): String = "Deleted($info)"
    }

    /** All that was stored when the watch began has been told; what follows is new. Comes exactly once, also from an empty store. */
    public object CaughtUp : ObjectEvent() {
        override fun toString(): String = "CaughtUp"
    }
}
