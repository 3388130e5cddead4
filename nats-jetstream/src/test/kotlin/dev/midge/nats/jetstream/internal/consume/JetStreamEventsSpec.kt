package dev.midge.nats.jetstream.internal.consume

import ch.qos.logback.classic.Level
import ch.qos.logback.classic.Logger
import ch.qos.logback.classic.spi.ILoggingEvent
import ch.qos.logback.core.read.ListAppender
import dev.midge.nats.NatsMessage
import dev.midge.nats.jetstream.JetStreamEvent
import dev.midge.nats.jetstream.internal.api.log
import dev.midge.nats.serialization.UndecodableMessageException
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain

/** What is logged of a message that is given up for [cause]. */
private fun lineOf(cause: Throwable): ILoggingEvent {
    val logger = log as Logger
    val lines = ListAppender<ILoggingEvent>().apply { start() }
    val before = logger.level
    logger.level = Level.ERROR
    logger.isAdditive = false
    logger.addAppender(lines)
    try {
        JetStreamEvents().tell(JetStreamEvent.MessageGivenUp("ORDERS", "billing", 7, 1, cause))
    } finally {
        logger.detachAppender(lines)
        logger.isAdditive = true
        logger.level = before
    }
    return lines.list.single { "message 7" in it.formattedMessage }
}

class JetStreamEventsSpec :
    FunSpec({
        test("the log has the stack of what a handler has thrown") {
            lineOf(IllegalStateException("no")).throwableProxy.shouldNotBeNull().message shouldBe "no"
        }

        test("the log does not quote a message that does not decode") {
            val undecoded = NatsMessage("orders.new", "secret".encodeToByteArray())
            val line = lineOf(UndecodableMessageException(undecoded, "Order", IllegalArgumentException("found 'secret'")))
            line.throwableProxy shouldBe null
            line.formattedMessage shouldContain "does not decode as Order: IllegalArgumentException"
            ("secret" in line.formattedMessage) shouldBe false
        }
    })
