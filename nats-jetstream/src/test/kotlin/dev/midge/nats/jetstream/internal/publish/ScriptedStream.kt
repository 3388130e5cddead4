package dev.midge.nats.jetstream.internal.publish

import dev.midge.nats.Headers
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsMessage
import dev.midge.nats.NatsOperations
import dev.midge.nats.ReplySink
import dev.midge.nats.Seam
import dev.midge.nats.Subject
import kotlin.time.Duration

/** A client that opens no socket: whose seam is used says [choose], and what is asked of the API is answered by [answer]. */
@OptIn(InternalNatsApi::class)
internal class FakeClient(
    private val nats: NatsConnection = NatsConnection("nats://127.0.0.1:1"),
    private val choose: (Subject) -> Seam,
    private val answer: (String) -> String = { error("'$it' is not asked") },
) : NatsOperations by nats {
    override fun seam(subject: Subject): Seam = choose(subject)

    override suspend fun request(subject: Subject, payload: ByteArray, headers: Headers, timeout: Duration?): NatsMessage =
        NatsMessage("_INBOX.1", answer(subject.value).encodeToByteArray())
}

/** The link number [epoch] of [connection]. */
@OptIn(InternalNatsApi::class)
internal class LinkSeam(override val connection: NatsConnection, override var epoch: Long) : Seam by FakeSeam()

/** A connection to a stream that does with each publish what [script] says. */
@OptIn(InternalNatsApi::class)
internal class ScriptedStream(private val script: ScriptedStream.(Attempt) -> Unit) : Seam by FakeSeam() {
    override val connection: NatsConnection = NatsConnection("nats://127.0.0.1:1")

    /** A publish, as it has come to the stream. */
    class Attempt(val text: String, private val sink: ReplySink) {
        fun reply(text: String, status: Int = 0) {
            sink.onReply(NatsMessage("_INBOX.1", text.encodeToByteArray()), status)
            sink.wake(WakingNow)
        }

        fun noStream(): Unit = reply("", 503)

        fun silence() {
            sink.onTimeout()
            sink.wake(WakingNow)
        }
    }

    val attempts: MutableList<Attempt> = ArrayList()
    val stored: MutableList<String> = ArrayList()

    /** Stores the message of [attempt] and says so. */
    fun store(attempt: Attempt) {
        stored += attempt.text
        attempt.reply("""{"stream":"S", "seq":${stored.size}}""")
    }

    override fun tryRequest(subject: Subject, payload: ByteArray, headers: Headers, sink: ReplySink, isIdle: Boolean): Long {
        val attempt = Attempt(payload.decodeToString(), sink)
        attempts += attempt
        script(attempt)
        return attempts.size.toLong()
    }
}
