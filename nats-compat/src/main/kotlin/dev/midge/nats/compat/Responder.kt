package dev.midge.nats.compat

import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.Subscription
import dev.midge.nats.jetstream.jetStream
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.cancelChildren
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.job
import kotlinx.coroutines.launch
import java.util.concurrent.atomic.AtomicBoolean
import kotlin.time.Duration.Companion.seconds

private const val EVERYTHING = "tests.>"
private const val DONE = "tests.done"

/** `tests.<suite>.<test>.<step>.command`, and `tests.<suite>.<test>.pass.result` or `fail.result`. */
private const val TOKENS = 5

/** Longer than an orchestrator waits: it decides what took too long. */
private val API_TIMEOUT = 60.seconds

/**
 * The client's side of the compatibility protocol: does what an orchestrator asks for, and replies when it is done.
 *
 * Each command runs in a coroutine of its own, so that one that waits for a change does not hold up the one that makes it.
 */
internal class Responder(private val nats: NatsConnection) {
    private val suites = mapOf(
        "object-store" to ObjectStoreSuite(nats.jetStream { timeout = API_TIMEOUT }),
        "service" to ServiceSuite(nats),
    )
    private val hasFailed = AtomicBoolean()

    /**
     * Returns at the end of the tests whether all have passed. Commands that still run then are given up.
     *
     * @throws NatsException if the connection is lost for good.
     */
    suspend fun run(): Boolean {
        val messages = nats.subscribe(EVERYTHING)
        nats.flush()
        say("Ready")
        coroutineScope {
            untilDone(messages)
            coroutineContext.job.cancelChildren()
        }
        nats.drain()
        return !hasFailed.get()
    }

    private suspend fun CoroutineScope.untilDone(messages: Subscription) {
        messages.onEach { if (it.subject != DONE) take(it) }.first { it.subject == DONE }
    }

    private fun CoroutineScope.take(message: NatsMessage) {
        val tokens = message.subject.split('.')
        val (suite, test, step, kind) = if (tokens.size == TOKENS) tokens.drop(1) else List(TOKENS - 1) { "" }
        val action = if (kind == "command") suites[suite]?.action(test, step) else null
        when {
            action != null -> launch { answer(message, action) }
            kind == "result" && step in listOf("pass", "fail") -> note(message, step == "pass")
            else -> say("unknown: ${message.subject}")
        }
    }

    private suspend fun answer(message: NatsMessage, action: Action) {
        try {
            val reply = action(Command.of(message.text()))
            message.replyTo?.let { nats.publish(it, reply) }
            say("answered: ${message.subject}")
        } catch (e: Exception) {
            currentCoroutineContext().ensureActive()
            hasFailed.set(true)
            say("failed: ${message.subject}: ${e.stackTraceToString()}")
        }
    }

    /** What the orchestrator has found; the reason is in the payload or in the headers. */
    private fun note(message: NatsMessage, hasPassed: Boolean) {
        if (!hasPassed) hasFailed.set(true)
        val headers = try {
            message.headers.toMap()
        } catch (e: NatsException) {
            e.message
        }
        say("result: ${message.subject} ${message.text()} $headers")
    }
}
