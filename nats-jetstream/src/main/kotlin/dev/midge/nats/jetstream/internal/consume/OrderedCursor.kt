package dev.midge.nats.jetstream.internal.consume

import dev.midge.nats.jetstream.AckPolicy
import dev.midge.nats.jetstream.ConsumerConfig
import dev.midge.nats.jetstream.DeliverPolicy
import dev.midge.nats.jetstream.MessageMetadata
import dev.midge.nats.jetstream.OrderedConfig
import kotlin.time.Duration.Companion.minutes

/** How far an ordered consumer has come, over all that were made for it. */
internal class OrderedCursor(private val config: OrderedConfig) {
    /** What is to be done with a message. */
    enum class Step { DELIVER, AGAIN, DROP, RESTART }

    private var consumer = ""
    private var expected = 1L

    /** The last message that was handed over, by its stream's sequence; -1 as long as the stream's state does not matter. */
    private var last = NOWHERE

    /** Where the next one goes on. */
    val after: Long
        get() = maxOf(last, 0)

    /** The consumer [name] was made, when [streamSequence] was the last that it would not deliver. */
    fun begin(name: String, streamSequence: Long) {
        consumer = name
        expected = 1
        // What is stored until the next one is made would be missed otherwise.
        if (last == NOWHERE && config.deliverPolicy == DeliverPolicy.NEW) last = streamSequence
    }

    fun onMessage(metadata: MessageMetadata): Step {
        if (metadata.consumer != consumer) return Step.DROP
        if (metadata.consumerSequence != expected) return Step.RESTART
        expected++
        if (metadata.streamSequence <= last) return Step.AGAIN
        last = metadata.streamSequence
        return Step.DELIVER
    }

    /** Whether [heartbeat] says that a message was lost. */
    fun hasGap(heartbeat: Heartbeat): Boolean = heartbeat.consumerSequence >= expected

    /** Whether [heartbeat] comes behind the last message: an idle server has no other one. */
    fun hasAll(heartbeat: Heartbeat): Boolean = heartbeat.consumerSequence == expected - 1

    /**
     * How the next consumer is made: from the last message on, or as the user wants to begin. Never with a start at 0, nor with two.
     *
     * @param wantsLasts whether it begins with the last message of each subject still: from a sequence on, older ones would come too.
     */
    fun consumerConfig(wantsLasts: Boolean = false): ConsumerConfig = ConsumerConfig.builder().apply {
        if (last == NOWHERE || (wantsLasts && config.deliverPolicy == DeliverPolicy.LAST_PER_SUBJECT)) {
            deliverPolicy = config.deliverPolicy
            startSequence = config.startSequence ?: 0
            startTime = config.startTime
        } else {
            deliverPolicy = DeliverPolicy.BY_START_SEQUENCE
            startSequence = last + 1
        }
        ackPolicy = AckPolicy.NONE
        memoryStorage = true
        replicas = 1
        inactiveThreshold = IDLE
        filterSubjects = config.filterSubjects
        headersOnly = config.isHeadersOnly
        replayPolicy = config.replayPolicy
    }.build()

    private companion object {
        const val NOWHERE = -1L

        /** Long enough for any outage that is survived, short enough for what a killed process leaves behind. */
        val IDLE = 5.minutes
    }
}
