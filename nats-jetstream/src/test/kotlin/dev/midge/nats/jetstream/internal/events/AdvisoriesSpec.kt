package dev.midge.nats.jetstream.internal.events

import dev.midge.nats.jetstream.Advisory
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import io.kotest.property.Arb
import io.kotest.property.arbitrary.string
import io.kotest.property.checkAll
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.jsonObject
import java.time.Instant
import kotlin.reflect.KClass

private fun parse(json: String): Advisory = Advisories.of(Json.parseToJsonElement(json).jsonObject)

private fun read(type: String, more: String = ""): Advisory =
    parse("""{"type":"io.nats.jetstream.advisory.v1.$type","id":"a1","timestamp":"2026-11-27T04:42:31.121102096Z"$more}""")

private inline fun <reified T : Advisory> readAs(type: String, more: String): T = read(type, more).shouldBeInstanceOf<T>()

private const val OF_MESSAGE = ""","stream":"S","consumer":"c","consumer_seq":9,"stream_seq":7,"deliveries":3"""

private val classes: Map<String, KClass<out Advisory>> = mapOf(
    "max_deliver" to Advisory.MaxDeliveries::class,
    "nak" to Advisory.Refused::class,
    "terminated" to Advisory.Terminated::class,
    "consumer_pause" to Advisory.ConsumerPaused::class,
    "consumer_group_pinned" to Advisory.ClientPinned::class,
    "consumer_group_unpinned" to Advisory.ClientUnpinned::class,
    "stream_leader_elected" to Advisory.LeaderElected::class,
    "consumer_leader_elected" to Advisory.LeaderElected::class,
    "domain_leader_elected" to Advisory.LeaderElected::class,
    "stream_quorum_lost" to Advisory.QuorumLost::class,
    "consumer_quorum_lost" to Advisory.QuorumLost::class,
    "snapshot_create" to Advisory.BackupBegun::class,
    "snapshot_complete" to Advisory.BackupEnded::class,
    "restore_create" to Advisory.RestoreBegun::class,
    "restore_complete" to Advisory.RestoreEnded::class,
    "stream_batch_abandoned" to Advisory.BatchAbandoned::class,
    "api_audit" to Advisory.ApiAudit::class,
    "api_limit_reached" to Advisory.ApiLimitReached::class,
)

class AdvisoriesSpec :
    FunSpec({
        test("each type has its class, also with nothing but its type") {
            for ((type, kind) in classes) withClue(type) { read(type)::class shouldBe kind }
        }

        test("all of them say when, where and of what") {
            val advisory = read("nak", """$OF_MESSAGE,"domain":"hub"""")
            advisory.type shouldBe "io.nats.jetstream.advisory.v1.nak"
            advisory.id shouldBe "a1"
            advisory.time shouldBe Instant.parse("2026-11-27T04:42:31.121102096Z")
            listOf(advisory.domain, advisory.stream, advisory.consumer) shouldBe listOf("hub", "S", "c")
        }

        test("those of a message say which one and how often it was delivered") {
            val terminated = readAs<Advisory.Terminated>("terminated", """$OF_MESSAGE,"reason":"poison"""")
            listOf(terminated.sequence, terminated.deliveries) shouldBe listOf(7L, 3L)
            terminated.reason shouldBe "poison"
            readAs<Advisory.Terminated>("terminated", OF_MESSAGE).reason shouldBe null
        }

        test("changes say what was done") {
            val done = mapOf("create" to Advisory.Change.CREATED, "modify" to Advisory.Change.UPDATED, "delete" to Advisory.Change.DELETED)
            for ((action, change) in done) {
                readAs<Advisory.StreamChanged>("stream_action", ""","stream":"S","action":"$action"""").change shouldBe change
                readAs<Advisory.ConsumerChanged>("consumer_action", ""","stream":"S","action":"$action"""").change shouldBe change
            }
            readAs<Advisory.Other>("stream_action", ""","stream":"S","action":"sealed"""").stream shouldBe "S"
        }

        test("what each has beside that is read") {
            val pinned = readAs<Advisory.ClientPinned>("consumer_group_pinned", ""","group":"g","pinned_id":"p1"""")
            listOf(pinned.group, pinned.clientId) shouldBe listOf("g", "p1")
            val unpinned = readAs<Advisory.ClientUnpinned>("consumer_group_unpinned", ""","group":"g","reason":"admin"""")
            listOf(unpinned.group, unpinned.reason) shouldBe listOf("g", "admin")
            val paused = readAs<Advisory.ConsumerPaused>("consumer_pause", ""","paused":true,"pause_until":"2026-11-28T00:00:00Z"""")
            paused.isPaused shouldBe true
            paused.until shouldBe Instant.parse("2026-11-28T00:00:00Z")
            val replicas = ""","replicas":[{"name":"n1","current":true},{"name":"n2","offline":true}]"""
            val elected = readAs<Advisory.LeaderElected>("stream_leader_elected", """$replicas,"leader":"n1"""")
            elected.leader shouldBe "n1"
            elected.replicas.map { it.name } shouldBe listOf("n1", "n2")
            readAs<Advisory.QuorumLost>("consumer_quorum_lost", replicas).replicas.map { it.offline } shouldBe listOf(false, true)
            readAs<Advisory.RestoreEnded>("restore_complete", ""","bytes":1024""").bytes shouldBe 1024
            val abandoned = readAs<Advisory.BatchAbandoned>("stream_batch_abandoned", ""","batch":"b","reason":"timeout"""")
            listOf(abandoned.batch, abandoned.reason) shouldBe listOf("b", "timeout")
            readAs<Advisory.ApiLimitReached>("api_limit_reached", ""","server":"n1","dropped":5""").dropped shouldBe 5
            val audit = readAs<Advisory.ApiAudit>(
                "api_audit",
                ""","server":"n1","client":{"user":"joe"},"subject":"info","request":"","response":"{}"""",
            )
            listOf(audit.server, audit.user, audit.subject, audit.request, audit.response) shouldBe
                listOf("n1", "joe", "info", "", "{}")
        }

        test("one of an unknown type stays what it is") {
            checkAll(Arb.string(), Arb.string()) { type, value ->
                val json = JsonObject(mapOf("type" to JsonPrimitive("x.$type"), "more" to JsonPrimitive(value)))
                Advisories.of(json).shouldBeInstanceOf<Advisory.Other>().toString() shouldBe json.toString()
            }
        }
    })
