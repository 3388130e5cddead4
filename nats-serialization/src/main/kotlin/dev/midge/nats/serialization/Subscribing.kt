package dev.midge.nats.serialization

import dev.midge.nats.BorrowedMessage
import dev.midge.nats.DelicateNatsApi
import dev.midge.nats.HandlerOptions
import dev.midge.nats.NatsSubscriber
import dev.midge.nats.Overflow
import dev.midge.nats.Subject
import dev.midge.nats.serialization.internal.BoundCodec
import dev.midge.nats.serialization.internal.DecodingHandler
import dev.midge.nats.serialization.internal.InlineDecoding
import dev.midge.nats.serialization.internal.decoding
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow

/**
 * Subscribes; the result is a Flow of the messages with their values, in the order of their arrival.
 *
 * As [NatsSubscriber.subscribe], which says what [queueGroup] and [overflow] are.
 *
 * @param undecodable what to do with a message that is no `T`; `null` takes [CodecRegistry.undecodable].
 * @throws UnsupportedTypeException if there is no codec for `T`.
 */
public suspend inline fun <reified T> NatsSubscriber.subscribe(
    subject: Subject,
    queueGroup: String? = null,
    overflow: Overflow? = null,
    undecodable: Undecodable? = null,
): TypedSubscription<T> = subscribeBy(codecsOf(this).boundCodec<T>(), subject, queueGroup, overflow, undecodable)

/** As the one with a [Subject]. */
public suspend inline fun <reified T> NatsSubscriber.subscribe(
    subject: String,
    queueGroup: String? = null,
    overflow: Overflow? = null,
    undecodable: Undecodable? = null,
): TypedSubscription<T> = subscribeBy(codecsOf(this).boundCodec<T>(), Subject(subject), queueGroup, overflow, undecodable)

/**
 * Subscribes and runs [handler] for each message that decodes, as [handlerOptions] say.
 *
 * @param undecodable what to do with a message that is no `T`; `null` takes [CodecRegistry.undecodable].
 * @throws UnsupportedTypeException if there is no codec for `T`.
 */
public suspend inline fun <reified T> NatsSubscriber.subscribe(
    subject: Subject,
    queueGroup: String? = null,
    overflow: Overflow? = null,
    undecodable: Undecodable? = null,
    handlerOptions: HandlerOptions = HandlerOptions.Default,
    noinline handler: suspend (TypedMessage<T>) -> Unit,
): TypedSubscription<T> = subscribeBy(codecsOf(this).boundCodec<T>(), subject, queueGroup, overflow, undecodable, handlerOptions, handler)

/** As the one with a [Subject]. */
public suspend inline fun <reified T> NatsSubscriber.subscribe(
    subject: String,
    queueGroup: String? = null,
    overflow: Overflow? = null,
    undecodable: Undecodable? = null,
    handlerOptions: HandlerOptions = HandlerOptions.Default,
    noinline handler: suspend (TypedMessage<T>) -> Unit,
): TypedSubscription<T> =
    subscribeBy(codecsOf(this).boundCodec<T>(), Subject(subject), queueGroup, overflow, undecodable, handlerOptions, handler)

/**
 * Subscribes and runs [handler] with each value on the coroutine that reads the socket: the value is decoded from the read buffer itself,
 * without an array of the payload. All is as for [NatsSubscriber.subscribeBorrowed]: the handler returns at once, and keeps nothing of the
 * message but copies. The value is its own, if the codec copies what it keeps, as all formats of ours do.
 *
 * @param undecodable what to do with a message that is no `T`; `null` takes [CodecRegistry.undecodable]. The reader cannot wait for
 *   dead letters to be published.
 * @throws UnsupportedTypeException if there is no codec for `T`.
 * @throws IllegalArgumentException if messages that do not decode would be dead letters.
 */
@DelicateNatsApi
public suspend inline fun <reified T> NatsSubscriber.subscribeInline(
    subject: Subject,
    queueGroup: String? = null,
    undecodable: Undecodable? = null,
    noinline handler: (value: T, message: BorrowedMessage) -> Unit,
): TypedSubscription<T> = subscribeInlineBy(codecsOf(this).boundCodec<T>(), subject, queueGroup, undecodable, handler)

/** As the one with a [Subject]. */
@DelicateNatsApi
public suspend inline fun <reified T> NatsSubscriber.subscribeInline(
    subject: String,
    queueGroup: String? = null,
    undecodable: Undecodable? = null,
    noinline handler: (value: T, message: BorrowedMessage) -> Unit,
): TypedSubscription<T> = subscribeInlineBy(codecsOf(this).boundCodec<T>(), Subject(subject), queueGroup, undecodable, handler)

/**
 * A cold Flow: each collector subscribes when it starts and unsubscribes when it ends.
 *
 * @param undecodable what to do with a message that is no `T`; `null` takes [CodecRegistry.undecodable].
 * @throws UnsupportedTypeException at once if there is no codec for `T`.
 */
public inline fun <reified T> NatsSubscriber.messages(
    subject: Subject,
    queueGroup: String? = null,
    overflow: Overflow? = null,
    undecodable: Undecodable? = null,
): Flow<TypedMessage<T>> = messagesBy(codecsOf(this).boundCodec<T>(), subject, queueGroup, overflow, undecodable)

/** As the one with a [Subject]. */
public inline fun <reified T> NatsSubscriber.messages(
    subject: String,
    queueGroup: String? = null,
    overflow: Overflow? = null,
    undecodable: Undecodable? = null,
): Flow<TypedMessage<T>> = messagesBy(codecsOf(this).boundCodec<T>(), Subject(subject), queueGroup, overflow, undecodable)

@PublishedApi
internal suspend fun <T> NatsSubscriber.subscribeBy(
    codec: BoundCodec<T>,
    subject: Subject,
    queueGroup: String?,
    overflow: Overflow?,
    undecodable: Undecodable?,
): TypedSubscription<T> {
    val decoding = decoding(codec, undecodable)
    return TypedSubscription(subscribe(subject, queueGroup, overflow), decoding)
}

@PublishedApi
internal suspend fun <T> NatsSubscriber.subscribeBy(
    codec: BoundCodec<T>,
    subject: Subject,
    queueGroup: String?,
    overflow: Overflow?,
    undecodable: Undecodable?,
    handlerOptions: HandlerOptions,
    handler: suspend (TypedMessage<T>) -> Unit,
): TypedSubscription<T> {
    val decoding = decoding(codec, undecodable)
    val decoded = DecodingHandler(decoding, handler)
    val subscription = subscribe(subject, queueGroup, overflow, handlerOptions, decoded::handle)
    decoded.handles(subscription)
    return TypedSubscription(subscription, decoding)
}

@PublishedApi
@OptIn(DelicateNatsApi::class)
internal suspend fun <T> NatsSubscriber.subscribeInlineBy(
    codec: BoundCodec<T>,
    subject: Subject,
    queueGroup: String?,
    undecodable: Undecodable?,
    handler: (T, BorrowedMessage) -> Unit,
): TypedSubscription<T> {
    val policy = undecodable ?: codec.registry.undecodable
    require(policy !is Undecodable.DeadLetter) { "an inline handler cannot wait for $policy to be published; choose another `undecodable`" }
    val decoding = decoding(codec, policy)
    val decoded = InlineDecoding(decoding, handler)
    val subscription = subscribeBorrowed(subject, queueGroup, decoded::handle)
    decoded.handles(subscription)
    return TypedSubscription(subscription, decoding)
}

@PublishedApi
internal fun <T> NatsSubscriber.messagesBy(
    codec: BoundCodec<T>,
    subject: Subject,
    queueGroup: String?,
    overflow: Overflow?,
    undecodable: Undecodable?,
): Flow<TypedMessage<T>> = flow {
    val decoding = decoding(codec, undecodable)
    messages(subject, queueGroup, overflow).collect { message -> decoding.decode(message)?.let { emit(it) } }
}
