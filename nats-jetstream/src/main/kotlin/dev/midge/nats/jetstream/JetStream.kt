package dev.midge.nats.jetstream

import dev.midge.nats.NatsOperations
import dev.midge.nats.OutgoingMessage
import dev.midge.nats.Subject
import dev.midge.nats.jetstream.internal.api.ApiChannel
import dev.midge.nats.jetstream.internal.consume.JetStreamEvents
import dev.midge.nats.jetstream.internal.events.Advisories
import dev.midge.nats.jetstream.internal.publish.Counting
import dev.midge.nats.jetstream.internal.publish.Publishing
import dev.midge.nats.jetstream.internal.streams.StreamCatalog
import dev.midge.nats.jetstream.internal.streams.StreamRestore
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.SharedFlow
import java.math.BigInteger

/**
 * JetStream over [nats]: streams, publishing with acknowledgements, consumers.
 *
 * A handle without a life: it asks the server nothing until it is used, needs no close, and ends with its client. All members may be called
 * from any thread.
 */
public class JetStream internal constructor(
    /** The client that it works over. */
    @get:JvmName("nats") public val nats: NatsOperations,
    /** How it reaches its servers. */
    @get:JvmName("options") public val options: JetStreamOptions,
) {
    internal val channel: ApiChannel = ApiChannel(nats, options)
    internal val catalog: StreamCatalog = StreamCatalog(channel)
    internal val publishing = Publishing(channel)
    internal val eventBus: JetStreamEvents = JetStreamEvents()

    /**
     * What the account uses and may use.
     *
     * @throws JetStreamNotEnabledException if there is no JetStream.
     */
    public suspend fun accountInfo(): AccountInfo = AccountInfo(channel.request("INFO"))

    /** The stream with [name], as a handle: nothing is asked, and the stream need not be there yet. */
    public fun stream(name: String): NatsStream = NatsStream(this, name)

    /**
     * Makes the stream of [config]. Returns also if it is there already and is the same.
     *
     * @throws StreamExistsException if it is there and differs.
     * @throws FeatureNotSupportedException if the server does not have what is asked for. Nothing is made then, unless the message says that
     *   the stream is kept without it.
     */
    public suspend fun createStream(config: StreamConfig): NatsStream {
        catalog.create(config)
        return stream(config.name)
    }

    /** Makes the stream with [name], with what [configure] sets: as the one above. */
    @JvmSynthetic
    public suspend fun createStream(name: String, configure: StreamConfigBuilder.() -> Unit = {}): NatsStream =
        createStream(StreamConfig(name, configure))

    /**
     * Replaces the configuration of a stream by [config]. To change a part of it, use [NatsStream.update].
     *
     * @throws StreamNotFoundException if there is no such stream.
     */
    public suspend fun updateStream(config: StreamConfig): NatsStream {
        catalog.update(config)
        return stream(config.name)
    }

    /** Makes the stream with [name], or changes what [configure] sets if it is there. */
    public suspend fun createOrUpdateStream(name: String, configure: StreamConfigBuilder.() -> Unit): NatsStream {
        catalog.createOrUpdate(name, configure)
        return stream(name)
    }

    /** All streams, or those that store something of [subject], by pages of 256; cold. */
    public fun streams(subject: String? = null): Flow<StreamInfo> = catalog.list(subject)

    /** The names of all streams, or of those that store something of [subject], by pages of 1,024; cold. */
    public fun streamNames(subject: String? = null): Flow<String> = catalog.names(subject)

    /**
     * Makes a stream of [backup], which [NatsStream.backup] has made, in pieces of any size.
     *
     * @throws BackupException if [backup] is not one.
     * @throws JetStreamApiException if the server does not take it, for example because there is a stream of that name.
     */
    public suspend fun restoreStream(backup: Flow<ByteArray>): NatsStream = stream(StreamRestore(channel).restore(backup).config.name)

    /**
     * Publishes [payload] to [subject] and returns when a stream has stored it.
     *
     * While no stream takes the subject it is sent again, as [PublishOptions.retries] say; messages of other coroutines may come between.
     * Waits for its turn while [JetStreamOptions.publishWindow] messages are unacknowledged; that does not count for
     * [PublishOptions.timeout]. Cancelling it stops the wait, and takes nothing back. The array is copied before the first attempt is sent;
     * leave it alone until this returns, since there may be another one.
     *
     * @throws NoStreamException if no stream takes the subject.
     * @throws JetStreamTimeoutException if no acknowledgement came in time: the message may be stored. Streams with `no_ack` never send
     *   one.
     * @throws PublishUnconfirmedException if the connection was lost before: the message may be stored.
     * @throws WrongLastException if an expectation does not hold; also the others of [JetStreamApiException].
     * @throws FeatureNotSupportedException if the servers are too old for what the options say; nothing is sent.
     * @throws FeatureNotEnabledException if the stream does not allow it; nothing is sent.
     */
    public suspend fun publish(subject: Subject, payload: ByteArray, options: PublishOptions = PublishOptions.Default): PublishAck =
        publishing.publish(subject, payload, options)

    /** As the one with a [Subject]. */
    public suspend fun publish(subject: String, payload: ByteArray, options: PublishOptions = PublishOptions.Default): PublishAck =
        publishing.publish(Subject(subject), payload, options)

    /** As the one with [PublishOptions], which [configure] sets for this message. */
    public suspend fun publish(subject: Subject, payload: ByteArray, configure: PublishOptions.Builder.() -> Unit): PublishAck =
        publishing.publish(subject, payload, PublishOptions(configure))

    /** As the one with [PublishOptions], which [configure] sets for this message. */
    public suspend fun publish(subject: String, payload: ByteArray, configure: PublishOptions.Builder.() -> Unit): PublishAck =
        publishing.publish(Subject(subject), payload, PublishOptions(configure))

    /**
     * As [publish], but returns when the message is on its way: what is returned ends with its acknowledgement, or as [publish] would
     * throw.
     *
     * Suspends only while [JetStreamOptions.publishWindow] messages are unacknowledged, and for the connection. Messages of one coroutine
     * reach the server in the order of the calls; one that is sent again is behind those that came after it, unless
     * [PublishOptions.retries] is 0. Cancelling what is returned takes nothing back: the message keeps its place in the window until its
     * end is known.
     */
    public suspend fun publishAsync(
        subject: Subject,
        payload: ByteArray,
        options: PublishOptions = PublishOptions.Default,
    ): Deferred<PublishAck> = publishing.publishAsync(subject, payload, options)

    /** As the one with a [Subject]. */
    public suspend fun publishAsync(
        subject: String,
        payload: ByteArray,
        options: PublishOptions = PublishOptions.Default,
    ): Deferred<PublishAck> = publishing.publishAsync(Subject(subject), payload, options)

    /** As the one with [PublishOptions], which [configure] sets for this message. */
    public suspend fun publishAsync(
        subject: Subject,
        payload: ByteArray,
        configure: PublishOptions.Builder.() -> Unit,
    ): Deferred<PublishAck> = publishing.publishAsync(subject, payload, PublishOptions(configure))

    /** As the one with [PublishOptions], which [configure] sets for this message. */
    public suspend fun publishAsync(
        subject: String,
        payload: ByteArray,
        configure: PublishOptions.Builder.() -> Unit,
    ): Deferred<PublishAck> = publishing.publishAsync(Subject(subject), payload, PublishOptions(configure))

    /**
     * Publishes [messages] as they come, and emits their acknowledgements in the same order: the nth is that of the nth message.
     *
     * Up to [window] messages are on their way at once; a collector that is slow holds back [messages]. Cold: each collector publishes them
     * again. What [messages] throws is thrown here when the acknowledgements of what came before are emitted. Cancelling takes nothing
     * back.
     *
     * **Order.** Messages leave in order by one connection; of a pool or of shards, those of one subject do. When no stream takes one of
     * them for a moment, nothing more is sent, and the end of all that are under way is awaited. If none of those behind it was stored, it
     * is sent again and then all the others, in order; so is one that was not answered, with [PublishOptions.resendAfterSilence] and ids.
     * If one was, the order is broken already, and the collection ends with the refused message; without [keepOrder] that is sent again
     * alone, behind those that were stored, and the others go on. A message may be stored ahead of one that failed, never one that was read
     * from [messages] after the failure was known.
     *
     * The first message that is not acknowledged in the end ends the collection. Arrays are not copied until they are sent: leave them
     * alone until their acknowledgement.
     *
     * @param options what all messages have beside their headers.
     * @throws PublishAllException for the first message without an acknowledgement; its cause is what [publish] throws.
     * @throws IllegalArgumentException if [window] is less than 1, if [options] are for one message, or if messages are to be sent again
     *   after a reconnect in order: what had not left when the connection was lost leaves by the next one, ahead of them.
     */
    @JvmOverloads
    public fun publishAll(
        messages: Flow<OutgoingMessage>,
        window: Int = this.options.publishWindow,
        keepOrder: Boolean = true,
        options: PublishOptions = PublishOptions.Default,
    ): Flow<PublishAck> = publishing.publishAll(messages, window, keepOrder, options)

    /**
     * Publishes the messages that [fill] adds, which their stream stores together or not at all, with sequences in a row. Returns the
     * acknowledgement of the batch, with the sequence of its last message.
     *
     * Sent when [fill] has returned. Needs nats-server 2.12 and a stream with `allow_atomic`, the same one for all messages.
     *
     * @param options how long to wait for the whole batch; the default is that of other publishes. It is not sent again after a reconnect.
     * @throws IllegalArgumentException if there is no message, or the messages go to several streams; nothing is sent.
     * @throws FeatureNotSupportedException if the servers are too old; nothing is sent.
     * @throws FeatureNotEnabledException if the stream does not allow it; nothing is sent.
     * @throws JetStreamApiException if the stream refuses the batch; nothing is stored.
     * @throws PublishUnconfirmedException if the connection was lost after the batch was sent: all of it may be stored. Lost before, it is
     *   a [dev.midge.nats.ConnectionLostException], and nothing is stored.
     */
    public suspend fun publishAtomically(
        options: PublishOptions = PublishOptions.Default,
        fill: suspend AtomicBatch.() -> Unit,
    ): PublishAck = publishing.publishAtomically(options, AtomicBatch(nats).apply { fill() })

    /**
     * Publishes what [fill] sends as fast as its stream takes it, with few acknowledgements: the server chooses how many messages each
     * stands for. Returns when all of them are stored, with their number ([PublishAck.batchCount]) and the sequence of the last one.
     *
     * Not atomic: what is stored stays, and other messages may come between. Messages that the server knows by their ids are skipped and
     * counted. Needs nats-server 2.14 and a stream with `allow_batched`, the same one for all messages. A lost connection ends it. If
     * [fill] throws, or is cancelled, what was sent stays.
     *
     * @param ackEvery how many messages an acknowledgement should stand for; the server may choose fewer.
     * @throws IngestException if it ends before all messages are stored; it says how many are.
     * @throws FeatureNotSupportedException if the servers are too old; nothing is sent.
     * @throws FeatureNotEnabledException if the stream does not allow it; nothing is sent.
     * @throws IllegalStateException if [fill] sends nothing.
     */
    public suspend fun ingest(ackEvery: Int = 100, fill: suspend Ingest.() -> Unit): PublishAck = publishing.ingest(ackEvery, fill)

    /**
     * Adds [by] to the counter that [subject] is, and returns what it has come to ([PublishAck.value]). Needs nats-server 2.12 and a stream
     * with `allow_msg_counter`.
     *
     * An increment whose acknowledgement did not come may have been made: give it a message id to send it again. Throws as [publish] does.
     */
    public suspend fun increment(subject: Subject, by: BigInteger, options: PublishOptions = PublishOptions.Default): PublishAck =
        publishing.publish(subject, Counting.EMPTY, Counting.increment(by, options))

    /** As the one with a [Subject]. */
    public suspend fun increment(subject: String, by: BigInteger, options: PublishOptions = PublishOptions.Default): PublishAck =
        increment(Subject(subject), by, options)

    /** As the one with a BigInteger. */
    public suspend fun increment(subject: Subject, by: Long = 1, options: PublishOptions = PublishOptions.Default): PublishAck =
        increment(subject, BigInteger.valueOf(by), options)

    /** As the one with a [Subject] and a BigInteger. */
    public suspend fun increment(subject: String, by: Long = 1, options: PublishOptions = PublishOptions.Default): PublishAck =
        increment(Subject(subject), BigInteger.valueOf(by), options)

    /** What happens to consumers in use, from now on. A collector that lags far behind misses the oldest events. */
    @get:JvmName("events")
    public val events: SharedFlow<JetStreamEvent>
        get() = eventBus.events

    /**
     * What servers tell of the account's streams and consumers, from now on: cold, each collector subscribes for itself. At most once: what is
     * told while the connection is lost is missed, and so are the newest by a collector that is far behind (see
     * [dev.midge.nats.NatsOptions.overflow]).
     *
     * With a domain in the options, those of that domain alone.
     *
     * @param filter which ones, as what their subjects have behind `$JS.EVENT.ADVISORY.`, for example
     *   `CONSUMER.MAX_DELIVERIES.ORDERS.*`; wildcards are allowed.
     */
    @JvmOverloads
    public fun advisories(filter: String = ">"): Flow<Advisory> = Advisories.flow(channel, filter)

    override fun toString(): String = "JetStream($nats, $options)"
}

/** JetStream over this client, with the default options changed by [configure]. Asks the server nothing. */
@JvmSynthetic
public fun NatsOperations.jetStream(configure: JetStreamOptions.Builder.() -> Unit = {}): JetStream =
    jetStream(JetStreamOptions.builder().apply(configure).build())

/** JetStream over this client. Asks the server nothing. */
public fun NatsOperations.jetStream(options: JetStreamOptions): JetStream = JetStream(this, options)
