package dev.midge.nats.jetstream.publish

import dev.midge.nats.Subject
import dev.midge.nats.jetstream.FeatureNotEnabledException
import dev.midge.nats.jetstream.FeatureNotSupportedException
import dev.midge.nats.jetstream.Schedule
import dev.midge.nats.jetstream.fixtures.serverVersions
import dev.midge.nats.jetstream.fixtures.until
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import java.time.Instant
import java.time.ZoneId
import kotlin.time.Duration.Companion.seconds

private val target = Subject("s.made")

class ScheduleIT :
    FunSpec({
        for (version in serverVersions.dropLast(1)) {
            onServer("a schedule is refused before it is sent", version) {
                createStream("S", "s.>")
                val now = Schedule.at(Instant.now(), target)
                shouldThrow<FeatureNotSupportedException> { js.publish("s.plan", bytes(1)) { schedule = now } }
                count("S") shouldBe 0
            }
        }

        val version = serverVersions.last()

        onServer("a message is produced at its time, and then its schedule is gone", version) {
            createStream("S", "s.>", ""","allow_msg_schedules":true""")
            js.publish("s.plan", bytes("now")) { schedule = Schedule.at(Instant.now().minusSeconds(1), target) }.sequence shouldBe 1
            until { count("S") == 1L && runCatching { stored("S", 2) }.getOrNull() == "now" }
        }

        onServer("schedules that repeat are taken", version) {
            createStream("S", "s.>", ""","allow_msg_schedules":true,"allow_msg_ttl":true""")
            js.publish("s.often", bytes("often")) { schedule = Schedule.every(1.seconds, target).withTimeToLive(60.seconds) }
            val daily = Schedule.cron("0 30 8 * * *", target).withTimeZone(ZoneId.of("Europe/Paris"))
            js.publish("s.daily", bytes("daily")) { schedule = daily }
            js.publish("s.hourly", bytes("hourly")) { schedule = Schedule.cron("@hourly", target).withSource(Subject("s.last")).rolledUp() }
            until { count("S") >= 5 }
        }

        onServer("a schedule needs a stream that allows it", version) {
            createStream("S", "s.>")
            shouldThrow<FeatureNotEnabledException> { js.publish("s.plan", bytes(1)) { schedule = Schedule.at(Instant.now(), target) } }
                .setting shouldBe "allow_msg_schedules"
            count("S") shouldBe 0
        }
    })
