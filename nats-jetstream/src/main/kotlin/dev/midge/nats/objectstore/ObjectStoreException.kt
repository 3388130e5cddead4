package dev.midge.nats.objectstore

import dev.midge.nats.NatsException

/**
 * Every exception of object stores. What JetStream itself refuses, such as a write to a sealed store, is told by a
 * [dev.midge.nats.jetstream.JetStreamException]. A later version may have more of them: give a `when` over it an `else`.
 */
public sealed class ObjectStoreException(
    /** The store. */
    @get:JvmName("bucket") public val bucket: String,
    message: String,
    cause: Throwable? = null,
) : NatsException(message, cause)

/** There is no store of that name. */
public class ObjectStoreNotFoundException internal constructor(bucket: String, cause: Throwable? = null) :
    ObjectStoreException(bucket, "there is no object store '$bucket'", cause)

/** There is a store of that name with another configuration: update it instead. */
public class ObjectStoreExistsException internal constructor(bucket: String, cause: Throwable) :
    ObjectStoreException(bucket, "there is an object store '$bucket' with another configuration", cause)

/** There is no object of that name, or it was deleted. */
public class ObjectNotFoundException internal constructor(
    bucket: String,
    /** The name. */
    @get:JvmName("name") public val name: String,
) : ObjectStoreException(bucket, "there is no object '$name' in the object store '$bucket'")

/** There is an object of that name already, and it is not to be replaced. */
public class ObjectExistsException internal constructor(
    bucket: String,
    /** The name. */
    @get:JvmName("name") public val name: String,
) : ObjectStoreException(bucket, "there is an object '$name' in the object store '$bucket' already")

/** A link leads nowhere: to a store instead of an object, or to another link. */
public class ObjectLinkException internal constructor(
    bucket: String,
    /** The link. */
    @get:JvmName("name") public val name: String,
    reason: String,
) : ObjectStoreException(bucket, "the link '$name' in the object store '$bucket' cannot be followed: $reason")

/**
 * An object was not stored. The [cause] says why. Nothing is left of it, unless what was to be removed could not be: then that is among the
 * [suppressed][Throwable.getSuppressed] exceptions.
 */
public class ObjectNotStoredException internal constructor(
    bucket: String,
    /** The object. */
    @get:JvmName("name") public val name: String,
    cause: Throwable,
) : ObjectStoreException(bucket, "the object '$name' was not stored in the object store '$bucket'", cause)

/** Nobody has said whether the metadata of an object was stored: look what there is. Of an object that was put, the bytes are stored. */
public class ObjectUnconfirmedException internal constructor(
    bucket: String,
    /** The object. */
    @get:JvmName("name") public val name: String,
    cause: Throwable,
) : ObjectStoreException(bucket, "nobody says whether the metadata of '$name' was stored in the object store '$bucket'", cause)

/** What describes an object is not what object stores write. */
public class MalformedObjectException internal constructor(
    bucket: String,
    /** Where it is stored. */
    @get:JvmName("subject") public val subject: String,
    /** The sequence of its message in the stream of the store. */
    @get:JvmName("sequence") public val sequence: Long,
    cause: Throwable? = null,
) : ObjectStoreException(bucket, "message $sequence on '$subject' in the object store '$bucket' describes no object", cause)

/** An object could not be read to its end. What was read of it before is not to be trusted. */
public sealed class ObjectReadException(
    bucket: String,
    /** The object. */
    @get:JvmName("name") public val name: String,
    reason: String,
    cause: Throwable? = null,
) : ObjectStoreException(bucket, "the object '$name' in the object store '$bucket' $reason", cause)

/** Somebody has replaced or deleted the object while it was read: read it again. */
public class ObjectChangedException internal constructor(bucket: String, name: String, cause: Throwable? = null) :
    ObjectReadException(bucket, name, "was replaced or deleted meanwhile", cause)

/** Chunks of the object are not in its store. */
public class ChunksMissingException internal constructor(
    bucket: String,
    name: String,
    /** How many chunks it should have. */
    @get:JvmName("expected") public val expected: Long,
    /** How many of them there are. */
    @get:JvmName("found") public val found: Long,
) : ObjectReadException(bucket, name, "has $found of its $expected chunks")

/** The object has fewer bytes than it should have. */
public class ObjectTooShortException internal constructor(
    bucket: String,
    name: String,
    /** How many bytes it should have. */
    @get:JvmName("expected") public val expected: Long,
    /** How many there are. */
    @get:JvmName("found") public val found: Long,
) : ObjectReadException(bucket, name, "has $found of its $expected bytes")

/** The object has more bytes or more chunks than it should have. */
public class ObjectTooLongException internal constructor(
    bucket: String,
    name: String,
    /** How many bytes it should have. */
    @get:JvmName("expected") public val expected: Long,
    /** How many chunks it should have. */
    @get:JvmName("expectedChunks") public val expectedChunks: Long,
) : ObjectReadException(bucket, name, "has more than its $expected bytes in $expectedChunks chunks")

/** The object has other bytes than it should have. */
public class ObjectDigestException internal constructor(
    bucket: String,
    name: String,
    /** The digest that it should have. */
    @get:JvmName("expected") public val expected: String,
    /** The digest of its bytes. */
    @get:JvmName("found") public val found: String,
) : ObjectReadException(bucket, name, "has the digest $found instead of $expected")
