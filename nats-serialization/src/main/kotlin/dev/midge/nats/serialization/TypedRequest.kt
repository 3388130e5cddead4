package dev.midge.nats.serialization

import dev.midge.nats.Headers
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsMessage
import dev.midge.nats.NatsOperations
import dev.midge.nats.Subject
import dev.midge.nats.serialization.internal.BoundCodec

/**
 * What a request of a [TypedSubject] sends, and how its reply is read.
 *
 * @property nats sends it.
 * @property subject where it goes.
 * @property payload the encoded value.
 * @property headers its headers.
 */
@InternalNatsApi
public class TypedRequest<Res> internal constructor(
    public val nats: NatsOperations,
    public val subject: Subject,
    public val payload: ByteArray,
    public val headers: Headers,
    private val replies: BoundCodec<Res>,
) {
    /** @throws UndecodableMessageException if [reply] holds no value of the type. */
    public fun decode(reply: NatsMessage): Res = replies.decode(reply)
}
