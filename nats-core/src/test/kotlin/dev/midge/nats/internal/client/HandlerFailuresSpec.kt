package dev.midge.nats.internal.client

import ch.qos.logback.classic.Level
import ch.qos.logback.classic.Logger
import ch.qos.logback.classic.spi.ILoggingEvent
import ch.qos.logback.core.read.ListAppender
import dev.midge.nats.NatsConnection
import dev.midge.nats.Overflow
import dev.midge.nats.Subject
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import org.slf4j.LoggerFactory
import kotlin.time.Duration.Companion.seconds

class HandlerFailuresSpec :
    FunSpec({
        test("the first failure of a handler is logged, those of the next minute are counted") {
            val logger = LoggerFactory.getLogger("dev.midge.nats.connection") as Logger
            val lines = ListAppender<ILoggingEvent>().apply { start() }
            val level = logger.level
            logger.level = Level.ERROR
            logger.addAppender(lines)
            val nats = NatsConnection()
            try {
                var now = 0L
                val subscription = QueuedSubscription(nats.supervisor, Subject("poison"), null, Overflow.Latest)
                val failures = HandlerFailures(nats.supervisor, subscription) { now }
                repeat(1_000) { failures.failed(IllegalStateException("no. $it")) }
                now += 60.seconds.inWholeNanoseconds
                repeat(2) { failures.failed(IllegalStateException("later")) }
                now += 61.seconds.inWholeNanoseconds
                failures.failed(IllegalStateException("last"))
                lines.list.map { it.formattedMessage } shouldContainExactly listOf(
                    "a handler of 'poison' threw",
                    "a handler of 'poison' threw, and did so 999 times since the last such line",
                    "a handler of 'poison' threw, and did so 1 times since the last such line",
                )
                lines.list.map { it.throwableProxy.message } shouldContainExactly listOf("no. 0", "later", "last")
                lines.list.all { it.level.levelStr == "ERROR" } shouldBe true
            } finally {
                logger.detachAppender(lines)
                logger.level = level
                nats.close()
            }
        }
    })
