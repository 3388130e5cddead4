package dev.midge.nats.jetstream.internal.api

import com.code_intelligence.jazzer.junit.FuzzTest
import dev.midge.nats.NatsMessage
import dev.midge.nats.jetstream.ConsumerInfo
import dev.midge.nats.jetstream.JetStreamException
import dev.midge.nats.jetstream.StreamInfo
import java.lang.reflect.Modifier

/** Any answer of the API is read field by field, or refused by a [JetStreamException]; what is unknown in it stays. */
class ApiAnswersFuzzTest {
    @FuzzTest
    fun answer(input: ByteArray) {
        val json = try {
            ApiChannel.parse(SUBJECT, NatsMessage("_INBOX.a.1", input))
        } catch (expected: JetStreamException) {
            return
        }
        json.objectOrNull("error")?.let { error ->
            val failure = ApiFailures.of(error, SUBJECT, ApiTarget("S", "c"))
            check(failure is JetStreamException) { "$failure" }
        }
        val stream = StreamInfo(json)
        readAll(stream, stream.config, stream.state, stream.cluster, stream.mirror, *stream.sources.toTypedArray())
        check(stream.toString() == json.toString()) { "$stream is not $json" }
        val consumer = ConsumerInfo(json)
        readAll(consumer, consumer.config, consumer.delivered, consumer.ackFloor, *consumer.priorityGroups.toTypedArray())
        check(consumer.toString() == json.toString()) { "$consumer is not $json" }
    }

    /** All that has a getter: none of them may throw. */
    private fun readAll(vararg values: Any?) {
        for (value in values.filterNotNull()) {
            for (method in value.javaClass.methods) {
                val isGetter = method.parameterCount == 0 && Modifier.isPublic(method.modifiers) && !method.isSynthetic
                if (isGetter && method.declaringClass.name.startsWith("dev.midge.") && method.name != "toBuilder") method.invoke(value)
            }
        }
    }

    private companion object {
        const val SUBJECT = "\$JS.API.STREAM.INFO.S"
    }
}
