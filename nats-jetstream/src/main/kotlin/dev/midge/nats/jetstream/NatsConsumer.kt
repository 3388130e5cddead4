package dev.midge.nats.jetstream

import dev.midge.nats.jetstream.internal.api.ApiTarget
import dev.midge.nats.jetstream.internal.api.ConsumerApi
import dev.midge.nats.jetstream.internal.api.EmptyJson
import dev.midge.nats.jetstream.internal.api.GROUP
import dev.midge.nats.jetstream.internal.api.Names
import dev.midge.nats.jetstream.internal.api.flag
import dev.midge.nats.jetstream.internal.consume.KeyedConsumption
import dev.midge.nats.jetstream.internal.consume.PullPlan
import dev.midge.nats.jetstream.internal.consume.PullSource
import dev.midge.nats.jetstream.internal.consume.pulledMessage
import dev.midge.nats.jetstream.internal.consume.pulledMessages
import dev.midge.nats.jetstream.internal.consume.pushedMessages
import kotlinx.coroutines.flow.Flow
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import java.time.Instant
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/**
 * One consumer, by its name. A handle: the consumer may be changed or deleted by anybody meanwhile. All members may be called from any
 * thread.
 *
 * Every member throws [ConsumerNotFoundException] if there is no such consumer, and what [JetStreamException] lists.
 */
public class NatsConsumer internal constructor(
    internal val stream: NatsStream,
    /** Its name. */
    @get:JvmName("name") public val name: String,
) {
    init {
        Names.check("consumer", name)
    }

    private val jetStream = stream.jetStream
    private val channel = jetStream.channel
    private val api = ConsumerApi(channel, stream.name)
    private val target = ApiTarget(stream.name, name)

    /** What the server says of it now. */
    public suspend fun info(): ConsumerInfo = api.info(name)

    /** Removes it. Whoever pulls from it is told. */
    public suspend fun delete(): Unit = api.delete(name)

    /**
     * Has it deliver nothing until [until]. Returns whether it is paused now, which it is not if that time has passed.
     *
     * @throws FeatureNotSupportedException if the servers are older than 2.11.
     */
    public suspend fun pause(until: Instant): Boolean {
        val body = JsonObject(mapOf("pause_until" to JsonPrimitive(until.toString())))
        return ask("PAUSE", body, ServerFeature.CONSUMER_PAUSE).flag("paused")
    }

    /**
     * Ends a pause.
     *
     * @throws FeatureNotSupportedException if the servers are older than 2.11.
     */
    public suspend fun resume() {
        ask("PAUSE", EmptyJson, ServerFeature.CONSUMER_PAUSE)
    }

    /**
     * Lets another client of the priority group [group] be served than the one that is pinned.
     *
     * @throws FeatureNotSupportedException if the servers are older than 2.11.
     */
    public suspend fun unpin(group: String) {
        require(GROUP.matches(group)) { "'$group' is no priority group" }
        val body = JsonObject(mapOf("group" to JsonPrimitive(group)))
        ask("UNPIN", body, ServerFeature.PRIORITY_GROUPS)
    }

    /**
     * Has it deliver again what is not acknowledged, or everything from the stream's message [sequence] on. A sequence is for consumers
     * that begin with all messages or at a start, and not before that start.
     *
     * @throws FeatureNotSupportedException if the servers are older than 2.14.
     */
    public suspend fun reset(sequence: Long? = null): ConsumerInfo {
        require(sequence == null || sequence >= 1) { "sequence is $sequence; the first is 1" }
        channel.levels.require(ServerFeature.CONSUMER_RESET)
        // The server is silent where there is no consumer.
        info()
        val body = sequence?.let { JsonObject(mapOf("seq" to JsonPrimitive(it))) }
        return ConsumerInfo(ask("RESET", body, ServerFeature.CONSUMER_RESET))
    }

    /**
     * The next message, or `null` if none comes in time. Cancelling the call leaves no pull; a message that was on its way to it is
     * delivered again.
     *
     * @param within how long the server waits for one; where it is silent, the call ends a second later.
     * @param group the priority group to pull by, for a consumer that has some. With [PriorityPolicy.PINNED_CLIENT] each call is another
     *   client.
     */
    public suspend fun next(within: Duration = 5.seconds, group: String? = null): JetStreamMessage? {
        checkWithin(within)
        return pulledMessage(source(), PullPlan.finite(1, within, 0, false, System.nanoTime(), byGroup(group)))
    }

    /**
     * Up to [max] messages, as one pull brings them: a Flow that ends when they have come, when the time is over, or when there are no
     * more.
     *
     * Cold: each collector pulls for itself. What a collector that stops has not taken is given back to the consumer.
     *
     * @param within how long the server waits for all of them, from the collector's start on; where it is silent, the Flow ends a second
     *   later.
     * @param maxBytes how many bytes they may have, as the server counts them: payload, headers and both subjects; 0 is without a limit.
     * @param noWait whether to take only what is there.
     * @param group the priority group to pull by, for a consumer that has some. With [PriorityPolicy.PINNED_CLIENT] each collector is
     *   another client.
     * @throws PullRefusedException in the Flow, if the first message has more than [maxBytes], or the consumer does not allow such a pull.
     */
    public fun fetch(
        max: Int,
        within: Duration = 5.seconds,
        maxBytes: Int = 0,
        noWait: Boolean = false,
        group: String? = null,
    ): Flow<JetStreamMessage> {
        require(max >= 1) { "max is $max; it has to be 1 or more" }
        require(maxBytes >= 0) { "maxBytes is $maxBytes; it cannot be negative" }
        checkWithin(within)
        val options = byGroup(group)
        return pulledMessages(::source) { PullPlan.finite(max, within, maxBytes, noWait, System.nanoTime(), options) }
    }

    /**
     * All messages from now on: a Flow without an end, which asks for more as its collector takes them.
     *
     * Cold: each collector pulls for itself. It survives lost links, restarts of servers and changes of leaders: what was asked for is
     * asked for again. What was received and not taken when the collector stops is given back to the consumer, which delivers it again at
     * once; the rest, if there is no room to say so, when its time for acknowledgements is over. Ends if the connection is closed in
     * order.
     *
     * The consumer's time for acknowledgements also runs while a message waits here. If the collector needs longer than that for
     * [PullOptions.maxMessages] of them, those at the end are delivered again meanwhile and come twice: choose fewer, or use [consume],
     * which tells the consumer of progress.
     *
     * @throws ConsumerEndedException in the Flow, if the consumer is deleted, alone or with its stream.
     * @throws PullRefusedException in the Flow, if the consumer does not allow such pulls.
     */
    public fun messages(options: PullOptions = PullOptions.builder().build()): Flow<JetStreamMessage> =
        pulledMessages(::source) { PullPlan.endless(options) }

    /**
     * What a push consumer delivers from now on: a Flow without an end, for consumers that have [ConsumerConfig.deliverSubject] already. New
     * ones are better pulled from, with [messages].
     *
     * Cold: each collector subscribes, and without [ConsumerConfig.deliverGroup] each gets everything. With [ConsumerConfig.flowControl] the
     * server sends no more than the collector takes; without it, what the collector is behind with is bounded by the consumer's limit of
     * unacknowledged messages, and by [dev.midge.nats.NatsOptions.overflow].
     *
     * It survives lost links, restarts of servers and changes of leaders. A heartbeat that does not come and deliveries that did not get here
     * are told as [JetStream.events]. What was received and not taken when the collector stops is delivered again when its time for
     * acknowledgements is over. Ends if the connection is closed in order.
     *
     * @throws ConsumerEndedException in the Flow, if the consumer is deleted, alone or with its stream, or delivers to another subject: found
     *   two heartbeats later, or half a minute if it has none.
     * @throws IllegalArgumentException in the Flow, if it is a consumer to be pulled from.
     */
    public fun pushed(): Flow<JetStreamMessage> = pushedMessages(::source, api)

    /**
     * Handles all messages from now on, up to [parallelism] at a time, and acknowledges them by how [handler] ends.
     *
     * - Messages of one key, as [keyOf] tells it, are handled one after the other, in the order of the stream: a later one waits until an
     *   earlier one that failed has been delivered again. If several programs take from one consumer, this holds for each of them.
     * - A handler that returns acknowledges its message. One that throws has it delivered again, after [ConsumeOptions.retryDelay]; a
     *   [PoisonMessageException] has it never delivered again, as does the last of [ConsumeOptions.maxDeliveries], and a message that
     *   does not decode ([JetStreamMessage.value] has thrown, in the handler or in [keyOf]): it never will. [ConsumeOptions.deadLetters] keeps what is given up.
     * - While a message waits here or is being handled, the consumer is told so at half of its time for acknowledgements.
     * - A handler may acknowledge its message itself, in any way: nothing is said after it.
     *
     * Returns when the consumer has been asked about; messages are handled by coroutines of [ConsumeOptions.context], until
     * [Consuming.stop] or [Consuming.drain] is called, the consumer ends, or the connection does.
     *
     * @throws IllegalArgumentException if the consumer does not expect an acknowledgement for each message.
     */
    public suspend fun consume(
        parallelism: Int = 1,
        keyOf: (JetStreamMessage) -> Any = { it.subject },
        options: ConsumeOptions = ConsumeOptions.builder().build(),
        handler: suspend (JetStreamMessage) -> Unit,
    ): Consuming {
        require(parallelism >= 1) { "parallelism is $parallelism; it has to be 1 or more" }
        val config = info().config
        require(config.ackPolicy == AckPolicy.EXPLICIT) { "consume needs the ack policy EXPLICIT; '$name' has ${config.ackPolicy}" }
        return Consuming(KeyedConsumption(source(), config, parallelism, keyOf, options, handler).also { it.start() })
    }

    private suspend fun ask(what: String, body: JsonObject?, feature: ServerFeature): JsonObject {
        channel.levels.require(feature)
        return channel.request("CONSUMER", what, stream.name, name, body = body, target = target, level = feature.level)
    }

    private fun source() = PullSource(jetStream, stream.name, name)

    private fun byGroup(group: String?): PullOptions? = group?.let { PullOptions { this.group = it } }

    private fun checkWithin(within: Duration) {
        require(within.isPositive()) { "within is $within; it has to be more than 0" }
    }

    override fun toString(): String = "NatsConsumer(${stream.name}, $name)"
}
