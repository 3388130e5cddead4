package dev.midge.nats.kv

import dev.midge.nats.jetstream.Compression
import dev.midge.nats.jetstream.Placement
import dev.midge.nats.jetstream.Republish
import dev.midge.nats.jetstream.Storage
import dev.midge.nats.jetstream.StreamConfig
import dev.midge.nats.jetstream.StreamSource
import dev.midge.nats.jetstream.SubjectTransform
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.jsonObject
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds
import java.time.Duration as JavaDuration

private fun json(text: String) = Json.parseToJsonElement(text.trimIndent()).jsonObject

private const val FLAGS = """"discard":"new","allow_rollup_hdrs":true,"deny_delete":true,"allow_direct":true"""

class KeyValueConfigSpec :
    FunSpec({
        test("a bucket is a stream of its keys, and says nothing that it does not have to") {
            KeyValueConfig("B").json shouldBe json("""{"name":"KV_B","subjects":["${'$'}KV.B.>"],"max_msgs_per_subject":1,$FLAGS}""")
        }

        test("every option has its place in the stream") {
            KeyValueConfig("B") {
                description = "settings"
                history = 5
                timeToLive = 1.hours
                limitMarkerTtl = 30.seconds
                maxBytes = 1_000_000
                maxValueSize = 1_000
                storage = Storage.MEMORY
                replicas = 3
                placement = Placement("east", listOf("ssd"))
                compression = Compression.S2
                republish = Republish("\$KV.B.>", "copies.>", headersOnly = true)
                metadata = mapOf("owner" to "me")
            }.json shouldBe json(
                """
                {"name":"KV_B","subjects":["${'$'}KV.B.>"],"max_msgs_per_subject":5,$FLAGS,"description":"settings",
                "max_age":3600000000000,"subject_delete_marker_ttl":30000000000,"allow_msg_ttl":true,"max_bytes":1000000,
                "max_msg_size":1000,"storage":"memory","num_replicas":3,"placement":{"cluster":"east","tags":["ssd"]},
                "compression":"s2","republish":{"src":"${'$'}KV.B.>","dest":"copies.>","headers_only":true},"metadata":{"owner":"me"}}
                """,
            )
        }

        test("a mirror has no subjects, and all else that a bucket has") {
            val expected = json(
                """{"name":"KV_M","max_msgs_per_subject":1,$FLAGS,"mirror_direct":true,"mirror":{"name":"KV_B"}}""",
            )
            KeyValueConfig("M") { mirror("B") }.json shouldBe expected
            KeyValueConfig("M") { mirror = StreamSource("KV_B") }.json shouldBe expected
            KeyValueConfig("M") { mirror = StreamSource("B") { domain("hub") } }.json["mirror"] shouldBe
                json("""{"name":"KV_B","external":{"api":"${'$'}JS.hub.API"}}""")
            shouldThrow<IllegalArgumentException> {
                KeyValueConfig("M") {
                    mirror("B")
                    limitMarkerTtl = 1.seconds
                }
            }.message.orEmpty() shouldContain "limitMarkerTtl"
        }

        test("keys of sources get the prefix of the bucket, unless they are told otherwise") {
            val sources = KeyValueConfig("B") {
                sources(
                    StreamSource("A"),
                    StreamSource("KV_C") { filterSubject("x.*.y.*.>") },
                    StreamSource("D") { filterSubject("\$KV.D.one") },
                    StreamSource("E") { subjectTransforms(SubjectTransform("\$KV.E.>", "\$KV.B.e.>")) },
                    StreamSource("B") { domain("hub") },
                )
            }.sources
            sources.map { it.name } shouldContainExactly listOf("KV_A", "KV_C", "KV_D", "KV_E", "KV_B")
            sources.map { it.filterSubject } shouldContainExactly List(5) { null }
            sources.flatMap { source -> source.subjectTransforms.map { it.source to it.destination } } shouldContainExactly listOf(
                "\$KV.A.>" to "\$KV.B.>",
                "\$KV.C.x.*.y.*.>" to "\$KV.B.x.{{wildcard(1)}}.y.{{wildcard(2)}}.>",
                "\$KV.D.one" to "\$KV.B.one",
                "\$KV.E.>" to "\$KV.B.e.>",
            )
            val again = KeyValueConfig("B") { this.sources = sources }
            again.sources shouldBe sources
        }

        test("what others have set, or nobody knows, survives a change") {
            val found = json(
                """{"name":"KV_B","subjects":["${'$'}KV.B.>"],"max_msgs_per_subject":1,"max_age":0,"duplicate_window":120000000000,
                "allow_direct":false,"future":{"x":1},"metadata":{"_nats.level":"5","a":"b"}}""",
            )
            val changed = KeyValueConfig(found).copy { description = "new" }.json
            (changed - "description") shouldBe (found - "allow_direct" + ("allow_direct" to found.getValue("allow_direct")))
            KeyValueConfig(found).copy { timeToLive = 1.minutes }.streamConfig.duplicateWindow shouldBe 1.minutes
            KeyValueConfig(found).copy { timeToLive = 1.hours }.streamConfig.duplicateWindow shouldBe 2.minutes
            KeyValueConfig(found).metadata shouldBe mapOf("a" to "b")
        }

        test("what others have set is not set anew by a change of something else") {
            val mirror = json(
                """{"name":"KV_M","max_msgs_per_subject":-1,"mirror":{"name":"OTHER"},"mirror_direct":false,"subjects":[]}""",
            )
            KeyValueConfig(mirror).copy { description = "new" }.json - "description" shouldBe mirror
            val sourcing = json(
                """
                {"name":"KV_B","subjects":["${'$'}KV.B.>"],"max_msgs_per_subject":100,
                "sources":[{"name":"OTHER","filter_subject":"x.>"}]}
                """,
            )
            KeyValueConfig(sourcing).copy { description = "new" }.json - "description" shouldBe sourcing
            KeyValueConfig(sourcing).copy { sources = sources + StreamSource("A") }.sources.map { it.name } shouldContainExactly
                listOf("OTHER", "KV_A")
            shouldThrow<IllegalArgumentException> { KeyValueConfig(sourcing).copy { history = 99 } }
        }

        test("what a server would refuse is refused") {
            for (name in listOf("", "a.b", "a b", "ä", "a*")) shouldThrow<IllegalArgumentException> { KeyValueConfig(name) }
            for (history in listOf(0, 65)) shouldThrow<IllegalArgumentException> { KeyValueConfig("B") { this.history = history } }
            shouldThrow<IllegalArgumentException> { KeyValueConfig("B") { replicas = 6 } }
            shouldThrow<IllegalArgumentException> { KeyValueConfig("B") { timeToLive = 1.milliseconds } }
            shouldThrow<IllegalArgumentException> { KeyValueConfig("B") { limitMarkerTtl = 1.milliseconds } }
        }

        test("Java sets the same by methods") {
            KeyValueConfig.builder("B").description("settings").history(2).timeToLive(JavaDuration.ofHours(1))
                .limitMarkerTtl(JavaDuration.ofSeconds(2)).allowKeyTtl(true).maxBytes(9).maxValueSize(8).storage(Storage.MEMORY).replicas(1)
                .placement(null).compression(Compression.NONE).republish(null).mirror(null as StreamSource?).sources()
                .metadata(emptyMap()).build() shouldBe KeyValueConfig("B") {
                description = "settings"
                history = 2
                timeToLive = 1.hours
                limitMarkerTtl = 2.seconds
                maxBytes = 9
                maxValueSize = 8
                storage = Storage.MEMORY
            }
        }

        test("it is its stream's configuration") {
            val config = KeyValueConfig("B") { history = 3 }
            config.streamConfig shouldBe StreamConfig(config.json)
            config.bucket shouldBe "B"
            config.history shouldBe 3
            config.timeToLive() shouldBe JavaDuration.ZERO
        }

        test("a watch begins in one way") {
            shouldThrow<IllegalArgumentException> { WatchOptions.builder().history(true).updatesOnly(true).build() }
            shouldThrow<IllegalArgumentException> { WatchOptions.builder().history(true).startRevision(1).build() }
            shouldThrow<IllegalArgumentException> { WatchOptions.builder().startRevision(0).build() }
        }
    })
