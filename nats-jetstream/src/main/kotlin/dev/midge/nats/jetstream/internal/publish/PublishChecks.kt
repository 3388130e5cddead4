package dev.midge.nats.jetstream.internal.publish

import dev.midge.nats.Subject
import dev.midge.nats.jetstream.PublishOptions

/** Whether every message may have these. */
internal val PublishOptions.isForMany: Boolean
    get() = messageId == null && expectLastSequence == null && expectLastSubjectSequence == null && expectLastMessageId == null &&
        schedule == null

/** Whether a message may be sent again although it may be stored. */
internal val PublishOptions.resends: Boolean
    get() = resendAfterReconnect || resendAfterSilence != null

/** @throws IllegalArgumentException if a value is not valid. */
internal fun PublishOptions.requireValid() {
    require(messageId != "") { "messageId is empty; leave it null for none" }
    for (sequence in listOf(expectLastSequence, expectLastSubjectSequence)) {
        require(sequence == null || sequence >= 0) { "a last sequence of $sequence is expected; it cannot be negative" }
    }
    require(expectLastSubject == null || expectLastSubjectSequence != null) {
        "expectLastSubject is '$expectLastSubject': expectLastSubjectSequence has to say which sequence is expected there"
    }
    expectLastSubject?.let(::Subject)
    require(timeToLive?.let(PublishHeaders::isTimeToLive) != false) {
        "timeToLive is $timeToLive; it has to be whole seconds, 1 or more, or Duration.INFINITE"
    }
    require(timeout?.isPositive() != false) { "timeout is $timeout; it has to be more than 0" }
    require((retries ?: 0) >= 0) { "retries is $retries; it cannot be negative" }
    require(retryWait?.isNegative() != true) { "retryWait is $retryWait; it cannot be negative" }
    require(resendAfterSilence?.isPositive() != false) { "resendAfterSilence is $resendAfterSilence; it has to be more than 0" }
}
