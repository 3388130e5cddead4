package dev.midge.nats.jetstream

import dev.midge.nats.Headers
import dev.midge.nats.Subject
import dev.midge.nats.jetstream.internal.publish.Need
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import java.time.Instant
import java.time.ZoneId
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds
import java.time.Duration as JavaDuration

private val target = Subject("made.here")

class PublishOptionsSpec :
    FunSpec({
        test("nothing set is no header, and needs nothing") {
            PublishOptions.Default.wire shouldBe Headers.Empty
            PublishOptions.Default.needs.shouldBeEmpty()
            PublishOptions { timeout = 1.seconds }.wire shouldBe Headers.Empty
        }

        test("each option is its header, behind those of the user") {
            val options = PublishOptions {
                headers = Headers.of("Trace" to "7")
                messageId = "42"
                expectStream = "ORDERS"
                expectLastSequence = 0
                expectLastSubjectSequence(7, "orders.*")
                expectLastMessageId = "41"
                timeToLive = 90.seconds
                rollup = Rollup.SUBJECT
            }
            options.wire shouldBe Headers.of(
                "Trace" to "7",
                "Nats-Msg-Id" to "42",
                "Nats-Expected-Stream" to "ORDERS",
                "Nats-Expected-Last-Sequence" to "0",
                "Nats-Expected-Last-Subject-Sequence" to "7",
                "Nats-Expected-Last-Subject-Sequence-Subject" to "orders.*",
                "Nats-Expected-Last-Msg-Id" to "41",
                "Nats-TTL" to "90",
                "Nats-Rollup" to "sub",
            )
            options.needs shouldContainExactly listOf(Need.TIME_TO_LIVE, Need.EXPECT_SUBJECT)
            options.toBuilder().build().wire shouldBe options.wire
        }

        test("what never expires says so, in both languages") {
            PublishOptions { timeToLive = Duration.INFINITE }.wire["Nats-TTL"] shouldBe "never"
            PublishOptions.builder().neverExpires().build().wire["Nats-TTL"] shouldBe "never"
            PublishOptions.builder().timeToLive(JavaDuration.ofSeconds(5)).build().timeToLive() shouldBe JavaDuration.ofSeconds(5)
        }

        test("values that servers refuse, or would misread, are refused here") {
            for (bad in listOf(Duration.ZERO, 999.milliseconds, (-1).seconds, 1500.milliseconds, -Duration.INFINITE)) {
                shouldThrow<IllegalArgumentException> { PublishOptions { timeToLive = bad } }.message shouldContain "timeToLive"
            }
            shouldThrow<IllegalArgumentException> { PublishOptions { messageId = "" } }
            shouldThrow<IllegalArgumentException> { PublishOptions { expectLastSequence = -1 } }
            shouldThrow<IllegalArgumentException> { PublishOptions { expectLastSubject = "a.b" } }
            shouldThrow<IllegalArgumentException> { PublishOptions { timeout = Duration.ZERO } }
            shouldThrow<IllegalArgumentException> { PublishOptions { retries = -1 } }
            shouldThrow<IllegalArgumentException> { PublishOptions { headers = Headers.of("Nats-Rollup" to "everything") } }
            shouldThrow<IllegalArgumentException> {
                PublishOptions {
                    headers = Headers.of("Nats-Msg-Id" to "1")
                    messageId = "2"
                }
            }.message shouldContain "Nats-Msg-Id"
        }

        test("headers that a user sets by hand need what the options need") {
            PublishOptions { headers = Headers.of("Nats-TTL" to "5") }.needs shouldContainExactly listOf(Need.TIME_TO_LIVE)
            PublishOptions { headers = Headers.of("Nats-Incr" to "+5") }.needs shouldContainExactly listOf(Need.COUNTER)
        }

        test("schedules are written as the server reads them") {
            val once = PublishOptions { schedule = Schedule.at(Instant.parse("2026-11-27T10:00:00Z"), target).withTimeToLive(5.seconds) }
            once.wire shouldBe Headers.of(
                "Nats-Schedule" to "@at 2026-11-27T10:00:00Z",
                "Nats-Schedule-Target" to "made.here",
                "Nats-Schedule-TTL" to "5",
            )
            once.needs shouldContainExactly listOf(Need.SCHEDULE, Need.SCHEDULE_TIME_TO_LIVE)
            val often = PublishOptions { schedule = Schedule.every(5.minutes, target).withSource(Subject("last.known")).rolledUp() }
            often.wire["Nats-Schedule"] shouldBe "@every 300000ms"
            often.wire["Nats-Schedule-Source"] shouldBe "last.known"
            often.wire["Nats-Schedule-Rollup"] shouldBe "sub"
            often.needs shouldContainExactly listOf(Need.SCHEDULE, Need.REPEATED_SCHEDULE)
            val daily = PublishOptions { schedule = Schedule.cron("0 30 8 * * *", target).withTimeZone(ZoneId.of("Europe/Paris")) }
            daily.wire["Nats-Schedule-Time-Zone"] shouldBe "Europe/Paris"
        }

        test("schedules that no server takes are refused here") {
            shouldThrow<IllegalArgumentException> { Schedule.every(999.milliseconds, target) }
            shouldThrow<IllegalArgumentException> { Schedule.cron("30 8 * * *", target) }
            shouldThrow<IllegalArgumentException> { Schedule.at(Instant.EPOCH, Subject("made.*")) }
            shouldThrow<IllegalArgumentException> { Schedule.every(5.seconds, target).withTimeZone(ZoneId.of("UTC")) }
        }
    })
