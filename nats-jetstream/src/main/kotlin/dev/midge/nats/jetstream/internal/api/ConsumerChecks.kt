package dev.midge.nats.jetstream.internal.api

import dev.midge.nats.Subject
import dev.midge.nats.jetstream.AckPolicy
import dev.midge.nats.jetstream.ConsumerConfig
import dev.midge.nats.jetstream.DeliverPolicy
import dev.midge.nats.jetstream.PriorityPolicy
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

// What a server would refuse only when the consumer is made, or would take for something else.

/** @throws IllegalArgumentException if [config] is none that a server takes. */
internal fun checkConsumer(config: ConsumerConfig) {
    checkStart(config)
    checkAcks(config)
    checkLimits(config)
    checkPriority(config)
    val filters = config.filterSubjects
    filters.forEach { Subject(it) }
    require(filters.size == filters.toSet().size) { "filterSubjects has a subject twice: $filters" }
    config.description?.let {
        require(it.encodeToByteArray().size <= MAX_DESCRIPTION) { "description has more than $MAX_DESCRIPTION bytes" }
    }
}

private fun checkStart(config: ConsumerConfig) {
    val policy = config.deliverPolicy
    val sequence = config.startSequence
    require((sequence != null) == (policy == DeliverPolicy.BY_START_SEQUENCE)) {
        "startSequence is $sequence with deliverPolicy $policy; give it with BY_START_SEQUENCE, and only then"
    }
    require(sequence == null || sequence >= 1) { "startSequence is $sequence; the first is 1" }
    require((config.startTime != null) == (policy == DeliverPolicy.BY_START_TIME)) {
        "startTime is ${config.startTime} with deliverPolicy $policy; give it with BY_START_TIME, and only then"
    }
}

private fun checkAcks(config: ConsumerConfig) {
    val none = config.ackPolicy == AckPolicy.NONE
    require(!none || config.maxAckPending <= 0) {
        "maxAckPending is ${config.maxAckPending} with ackPolicy NONE, which acknowledges nothing"
    }
    require(config.maxDeliver == -1 || config.maxDeliver >= 1) { "maxDeliver is ${config.maxDeliver}; it is 1 or more, or -1 for no limit" }
    require(config.maxDeliver == -1 || config.backoff.size <= config.maxDeliver) {
        "backoff has ${config.backoff.size} entries, more than maxDeliver has deliveries: ${config.maxDeliver}"
    }
    require(config.backoff.all { it.isPositive() }) { "backoff is ${config.backoff}; each has to be more than 0" }
    require(config.ackPolicy != AckPolicy.FLOW_CONTROL || config.deliverSubject != null) {
        "ackPolicy FLOW_CONTROL is for push consumers: set deliverSubject"
    }
}

private fun checkLimits(config: ConsumerConfig) {
    val durations = mapOf(
        "ackWait" to config.ackWait,
        "maxExpires" to config.maxExpires,
        "inactiveThreshold" to config.inactiveThreshold,
        "priorityTimeout" to config.priorityTimeout,
        "idleHeartbeat" to config.idleHeartbeat,
    )
    durations.forEach { (name, value) -> require(!value.isNegative()) { "$name is $value; it cannot be negative" } }
    require(config.maxExpires == Duration.ZERO || config.maxExpires >= SHORTEST_EXPIRES) {
        "maxExpires is ${config.maxExpires}; the shortest is $SHORTEST_EXPIRES"
    }
    require(config.idleHeartbeat == Duration.ZERO || config.idleHeartbeat >= SHORTEST_HEARTBEAT) {
        "idleHeartbeat is ${config.idleHeartbeat}; the shortest is $SHORTEST_HEARTBEAT"
    }
    val counts = mapOf(
        "maxWaiting" to config.maxWaiting,
        "maxBatch" to config.maxBatch,
        "maxBytes" to config.maxBytes,
        "replicas" to config.replicas,
    )
    counts.forEach { (name, value) -> require(value >= 0) { "$name is $value; it cannot be negative" } }
}

private fun checkPriority(config: ConsumerConfig) {
    val groups = config.priorityGroups
    groups.forEach { require(GROUP.matches(it)) { "'$it' is no priority group: it has 1 to 16 letters, digits and '/', '_', '=', '-'" } }
    require(groups.isEmpty() == (config.priorityPolicy == PriorityPolicy.NONE)) {
        "priorityPolicy is ${config.priorityPolicy} with the groups $groups; give both or none"
    }
    require(groups.isEmpty() || config.deliverSubject == null) {
        "priority groups are for consumers that are pulled; deliverSubject is set"
    }
}

internal val GROUP = Regex("[A-Za-z0-9/_=-]{1,16}")

private const val MAX_DESCRIPTION = 4096
private val SHORTEST_EXPIRES = 1.milliseconds
private val SHORTEST_HEARTBEAT = 100.milliseconds
