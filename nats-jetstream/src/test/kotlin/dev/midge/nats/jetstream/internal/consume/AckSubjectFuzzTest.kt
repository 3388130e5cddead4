package dev.midge.nats.jetstream.internal.consume

import com.code_intelligence.jazzer.junit.FuzzTest

/** Any reply subject is read or not, without an exception; what was read stands in it. */
class AckSubjectFuzzTest {
    @FuzzTest
    fun subject(input: ByteArray) {
        val metadata = AckSubject.parse(input)
        if (metadata == null) return
        val numbers = with(metadata) { listOf(delivered, streamSequence, consumerSequence, pending) }
        check(numbers.all { it >= 0 } && metadata.timestamp.epochSecond >= 0) { "$metadata" }
        val tokens = input.decodeToString().split('.')
        check(metadata.stream in tokens && metadata.consumer in tokens) { "$metadata is not of $tokens" }
        check(metadata.domain.let { it == null || it in tokens }) { "$metadata is not of $tokens" }
    }
}
