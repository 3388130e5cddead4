package dev.midge.nats.jetstream.internal.publish

import com.code_intelligence.jazzer.junit.FuzzTest
import dev.midge.nats.NatsMessage
import dev.midge.nats.jetstream.JetStreamException
import dev.midge.nats.jetstream.PublishAck

/** Any answer to a publish is an acknowledgement or a [JetStreamException]; the short way through the bytes reads what the JSON parser does. */
class PubAckFuzzTest {
    @FuzzTest
    fun answer(input: ByteArray) {
        val message = NatsMessage("_INBOX.a.1", input)
        val parser = PubAckParser()
        val flat = parser.flat(input)
        val json = read { parser.ofJson("orders", message) }
        if (flat != null) check(flat == json) { "$flat by its bytes, $json by its JSON" }
        // The stream's name is remembered from the first time.
        check(read { parser.parse("orders", message) } == json) { "$json is read as something else the second time" }
        if (json != null) check(json.stream.isNotEmpty() && json.sequence >= 0) { "$json" }
    }

    private fun read(answer: () -> PublishAck): PublishAck? = try {
        answer()
    } catch (expected: JetStreamException) {
        null
    }
}
