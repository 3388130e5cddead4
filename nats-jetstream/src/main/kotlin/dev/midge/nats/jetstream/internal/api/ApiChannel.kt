package dev.midge.nats.jetstream.internal.api

import dev.midge.nats.Headers
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsMessage
import dev.midge.nats.NatsOperations
import dev.midge.nats.NoRespondersException
import dev.midge.nats.RequestTimeoutException
import dev.midge.nats.Seam
import dev.midge.nats.Subject
import dev.midge.nats.jetstream.ApiErrorCodes
import dev.midge.nats.jetstream.JetStreamNotEnabledException
import dev.midge.nats.jetstream.JetStreamOptions
import dev.midge.nats.jetstream.JetStreamTimeoutException
import dev.midge.nats.jetstream.MalformedResponseException
import dev.midge.nats.replyAddress
import kotlinx.coroutines.delay
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.TimeSource

/** What a request is about: it names that in its failures. */
internal class ApiTarget(val stream: String? = null, val consumer: String? = null)

/** Asks the server's API: one request, one JSON answer, one typed failure for each way in which there is none. */
internal class ApiChannel(val nats: NatsOperations, val options: JetStreamOptions) {
    val subjects = ApiSubjects(options)
    val levels = ApiLevels(this)

    /** That of any connection, where it does not matter which one of several asks. */
    @InternalNatsApi
    val seam: Seam
        get() = nats.seam(ANY)

    /**
     * The answer to [body] on the subject of [tokens]. While the server says that it cannot answer yet (no leader, overloaded), asks again
     * until [timeout] has passed.
     *
     * @param level the API level that the request's meaning needs: a server from 2.12 on refuses it if it has less (ADR-44).
     */
    suspend fun request(
        vararg tokens: String,
        body: JsonObject? = null,
        target: ApiTarget = ApiTarget(),
        timeout: Duration = options.timeout,
        level: Int = 0,
    ): JsonObject {
        val subject = subjects.of(*tokens)
        val payload = body?.toString()?.encodeToByteArray() ?: ByteArray(0)
        val headers = if (level == 0) Headers.Empty else Headers.of(REQUIRED_LEVEL, level.toString())
        val begin = TimeSource.Monotonic.markNow()
        var pause = FIRST_PAUSE
        while (true) {
            val left = timeout - begin.elapsedNow()
            val answer = parse(subject, exchange(subject, payload, headers, left, timeout, target))
            val error = answer.objectOrNull("error") ?: return answer
            if (error.int("err_code") !in ApiErrorCodes.RETRYABLE || timeout - begin.elapsedNow() <= pause) {
                throw ApiFailures.of(error, subject, target)
            }
            delay(pause)
            pause = minOf(pause * 2, LONGEST_PAUSE)
        }
    }

    private suspend fun exchange(
        subject: String,
        payload: ByteArray,
        headers: Headers,
        left: Duration,
        timeout: Duration,
        target: ApiTarget,
    ): NatsMessage = try {
        nats.request(literal(subject), payload, headers, maxOf(left, SHORTEST_WAIT))
    } catch (e: NoRespondersException) {
        throw JetStreamNotEnabledException(subject, e)
    } catch (e: RequestTimeoutException) {
        throw JetStreamTimeoutException(subject, target.stream, target.consumer, timeout, e)
    }

    /** Some subjects end with a filter. Its wildcards stand for themselves, as in a subject that a server has sent. */
    @OptIn(InternalNatsApi::class)
    private fun literal(subject: String): Subject {
        val checked = Subject(subject)
        if (!checked.isWildcard) return checked
        return checkNotNull(NatsMessage(subject, ByteArray(0), Headers.Empty, subject).replyAddress)
    }

    companion object {
        private val ANY = Subject("\$JS.API.INFO")
        private const val REQUIRED_LEVEL = "Nats-Required-Api-Level"
        private val FIRST_PAUSE = 100.milliseconds
        private val LONGEST_PAUSE = 1000.milliseconds
        private val SHORTEST_WAIT = 1.milliseconds

        /** The JSON of [message], which may have a status beside it. */
        fun parse(subject: String, message: NatsMessage): JsonObject = try {
            Json.parseToJsonElement(message.text()) as? JsonObject
        } catch (e: SerializationException) {
            throw MalformedResponseException(subject, message.text(), e)
        } ?: throw MalformedResponseException(subject, message.text(), null)
    }
}
