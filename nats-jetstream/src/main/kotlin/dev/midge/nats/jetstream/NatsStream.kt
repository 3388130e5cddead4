package dev.midge.nats.jetstream

import dev.midge.nats.Subject
import dev.midge.nats.jetstream.internal.api.ApiTarget
import dev.midge.nats.jetstream.internal.api.ConsumerApi
import dev.midge.nats.jetstream.internal.api.Names
import dev.midge.nats.jetstream.internal.api.Paging
import dev.midge.nats.jetstream.internal.api.number
import dev.midge.nats.jetstream.internal.api.obj
import dev.midge.nats.jetstream.internal.api.objects
import dev.midge.nats.jetstream.internal.api.texts
import dev.midge.nats.jetstream.internal.consume.orderedMessages
import dev.midge.nats.jetstream.internal.read.BatchReader
import dev.midge.nats.jetstream.internal.read.MessageReader
import dev.midge.nats.jetstream.internal.streams.StreamBackup
import kotlinx.coroutines.flow.Flow
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

/**
 * One stream, by its name. A handle: the stream may be made, changed or deleted by anybody meanwhile. All members may be called from any thread.
 *
 * Every member throws [StreamNotFoundException] if there is no such stream, and what [JetStreamException] lists.
 *
 * Messages are read from any server that keeps the stream, if [StreamConfig.allowDirect] is set: fast, but what was written a moment ago may not
 * be seen yet, nor what was deleted be gone. `consistent` asks the leader.
 */
public class NatsStream internal constructor(
    internal val jetStream: JetStream,
    /** Its name. */
    @get:JvmName("name") public val name: String,
) {
    init {
        Names.check("stream", name)
    }

    private val channel = jetStream.channel
    private val target = ApiTarget(name)
    private val reader = MessageReader(channel, name)
    private val batches = BatchReader(channel, name, reader)
    private val consumerApi = ConsumerApi(channel, name)

    /** The stream as it is now. It answers also while the stream has no leader: no proof of health. */
    public suspend fun info(): StreamInfo = jetStream.catalog.info(name)

    /** The same with the sequences of what is missing between the first message and the last, in [StreamState.deleted]. */
    public suspend fun infoWithDeleted(): StreamInfo =
        jetStream.catalog.info(name, JsonObject(mapOf("deleted_details" to JsonPrimitive(true))))

    /** The subjects that match [filter] with their numbers of messages, by pages of 100,000; cold. */
    public fun subjects(filter: String = ">"): Flow<SubjectCount> = Paging.pages(
        channel,
        "STREAM",
        "INFO",
        name,
        filter = mapOf("subjects_filter" to JsonPrimitive(Subject(filter).value)),
        target = target,
    ) {
        StreamState(it.obj("state")).subjects.map { (subject, count) -> SubjectCount(subject, count) }
    }

    /**
     * Changes what [changes] sets, and nothing else: not what others have set, or what this version does not know.
     *
     * @throws FeatureNotSupportedException if the server does not have what is asked for.
     */
    public suspend fun update(changes: StreamConfigBuilder.() -> Unit): StreamInfo = jetStream.catalog.update(name, changes)

    /** Makes the stream unchangeable, for good: nothing can be stored or removed any more. */
    public suspend fun seal(): StreamInfo = update { sealed = true }

    /** Deletes the stream, its messages and its consumers. */
    public suspend fun delete() {
        channel.request("STREAM", "DELETE", name, target = target)
    }

    /** Removes messages, all unless [options] say otherwise. Returns how many. */
    public suspend fun purge(options: PurgeOptions): Long =
        channel.request("STREAM", "PURGE", name, body = options.json, target = target).number("purged")

    /** Removes messages, all unless [configure] says otherwise. Returns how many. */
    @JvmSynthetic
    public suspend fun purge(configure: PurgeOptions.Builder.() -> Unit = {}): Long = purge(PurgeOptions.builder().apply(configure).build())

    /** The message with [sequence], or `null` if there is none, or none any more. */
    public suspend fun message(sequence: Long, consistent: Boolean = false): StoredMessage? {
        require(sequence >= 1) { "the sequence $sequence is none; the first one is 1" }
        return reader.bySequence(sequence, consistent)
    }

    /** The last message of [subject], which may have wildcards, or `null` if there is none. */
    public suspend fun lastMessage(subject: String, consistent: Boolean = false): StoredMessage? =
        reader.lastOf(Subject(subject).value, consistent)

    /** The first message of [subject], which may have wildcards, with the sequence [from] or a higher one, or `null` if there is none. */
    public suspend fun nextMessage(subject: String, from: Long, consistent: Boolean = false): StoredMessage? =
        reader.nextOf(Subject(subject).value, from, consistent)

    /**
     * The messages of [subject] from the sequence [from] on, as many as there are when their end is reached; cold.
     *
     * By pages from nats-server 2.11 on, where [StreamConfig.allowDirect] is set; else one request a message.
     */
    public fun messages(from: Long = 1, subject: String = ">"): Flow<StoredMessage> {
        require(from >= 1) { "the sequence $from is none; the first one is 1" }
        return batches.from(from, Subject(subject).value)
    }

    /**
     * The last message of each of [subjects], which may have wildcards, in the order of their sequences and as the stream was at one moment; cold.
     *
     * Before nats-server 2.11, or without [StreamConfig.allowDirect], one request a subject: then not of one moment, and without wildcards.
     *
     * More than 1,024 subjects are asked for by several requests, all as of that moment: ordered within each, and a message twice if two of them name it.
     *
     * @throws FeatureNotSupportedException from the collector, if there are wildcards and the server cannot do that.
     * @throws JetStreamApiException from the collector, with the code 413, if wildcards stand for more than 1,024 subjects.
     */
    public fun lastMessages(subjects: List<String>): Flow<StoredMessage> = batches.lastOf(subjects.map { Subject(it).value })

    /**
     * Deletes the message with [sequence].
     *
     * @param overwrite whether its bytes are overwritten in the file, which is slow.
     * @throws MessageNotFoundException if there is none.
     */
    public suspend fun deleteMessage(sequence: Long, overwrite: Boolean = false) {
        require(sequence >= 1) { "the sequence $sequence is none; the first one is 1" }
        val body = if (overwrite) {
            mapOf("seq" to JsonPrimitive(sequence))
        } else {
            mapOf(
                "seq" to JsonPrimitive(sequence),
                "no_erase" to JsonPrimitive(true),
            )
        }
        channel.request("STREAM", "MSG", "DELETE", name, body = JsonObject(body), target = target)
    }

    /** Has another server of the cluster lead the stream. Publishing to it waits for a moment. */
    public suspend fun stepDown() {
        channel.request("STREAM", "LEADER", "STEPDOWN", name, target = target)
    }

    /** Takes the server called [peer] out of those that keep the stream; another one takes its place, if there is one. */
    public suspend fun removePeer(peer: String) {
        channel.request("STREAM", "PEER", "REMOVE", name, body = JsonObject(mapOf("peer" to JsonPrimitive(peer))), target = target)
    }

    /**
     * All that the stream is and holds, as bytes that [JetStream.restoreStream] takes: a line of JSON, then the server's own archive. Cold; each
     * collector saves the stream anew, and its pace is the server's. A server saves no stream that it keeps in memory.
     *
     * @param withConsumers whether its consumers are saved too.
     * @throws BackupException from the collector, if the server gives up.
     * @throws JetStreamApiException from the collector, if it does not save the stream.
     */
    public fun backup(withConsumers: Boolean = true): Flow<ByteArray> = StreamBackup(channel, name).read(withConsumers)

    /** The consumer with [name], as a handle: nothing is asked, and the consumer need not be there yet. */
    public fun consumer(name: String): NatsConsumer = NatsConsumer(this, name)

    /**
     * Makes a consumer, or finds it if it is there with the same configuration. With a [name] it stays until it is deleted, unless
     * [ConsumerConfigBuilder.durable] says otherwise; without one it gets a name, and is removed when nobody has pulled for a while, see
     * [ConsumerConfig.inactiveThreshold].
     *
     * @throws ConsumerExistsException if there is one of that name with another configuration.
     * @throws FeatureNotSupportedException if the servers are too old for what [configure] asks for.
     * @throws JetStreamApiException if the server refuses the configuration.
     */
    public suspend fun createConsumer(name: String? = null, configure: ConsumerConfigBuilder.() -> Unit = {}): NatsConsumer {
        val builder = ConsumerConfig.builder().apply(configure)
        val consumer = consumer(name ?: Names.random())
        consumerApi.create(consumer.name, isDurable = name != null && builder.durable, builder.build())
        return consumer
    }

    /**
     * Changes the consumer with [name]. What [configure] does not touch stays as it is, also what this version does not know.
     *
     * @throws ConsumerNotFoundException if there is none.
     * @throws FeatureNotSupportedException as [createConsumer]; also [JetStreamApiException], mostly because something cannot be changed.
     */
    public suspend fun updateConsumer(name: String, configure: ConsumerConfigBuilder.() -> Unit): NatsConsumer =
        consumer(name).also { consumerApi.update(name, configure) }

    /** Changes the consumer with [name] as [updateConsumer], or makes it as [createConsumer], which say what they throw. */
    public suspend fun createOrUpdateConsumer(name: String, configure: ConsumerConfigBuilder.() -> Unit = {}): NatsConsumer =
        consumer(name).also { consumerApi.createOrUpdate(name, configure) }

    /** What the server says of all consumers, asked for page by page as the collector comes to them. */
    public fun consumers(): Flow<ConsumerInfo> =
        Paging.pages(jetStream.channel, "CONSUMER", "LIST", name, target = ApiTarget(name)) { it.objects("consumers").map(::ConsumerInfo) }

    /** The names of all consumers, asked for page by page as the collector comes to them. */
    public fun consumerNames(): Flow<String> =
        Paging.pages(jetStream.channel, "CONSUMER", "NAMES", name, target = ApiTarget(name)) { it.texts("consumers") }

    /**
     * Removes the consumer with [name]. Whoever pulls from it is told.
     *
     * @throws ConsumerNotFoundException if there is none.
     */
    public suspend fun deleteConsumer(name: String): Unit = consumer(name).delete()

    /**
     * All messages in the order of the stream, none twice and none left out: a Flow without an end, for who needs no acknowledgements.
     *
     * Cold: each collector has a consumer of its own, in the server's memory, and deletes it when it stops. When something may have been
     * lost (a gap, a silence, a deleted consumer, another link), the next consumer goes on behind the last message, and [JetStream.events]
     * tells of it. Ends if the connection is closed in order.
     *
     * @throws StreamNotFoundException in the Flow, if there is no such stream, or no more.
     * @throws ConsumerEndedException in the Flow, if the stream was deleted and made again: its sequences mean something else.
     */
    @JvmSynthetic
    public fun ordered(configure: OrderedConfig.Builder.() -> Unit = {}): Flow<JetStreamMessage> =
        ordered(OrderedConfig.builder().apply(configure).build())

    /** As the one that takes a function. */
    public fun ordered(config: OrderedConfig): Flow<JetStreamMessage> = orderedMessages(jetStream, name, config)

    override fun toString(): String = "NatsStream($name)"
}
