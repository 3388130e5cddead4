package dev.midge.nats.objectstore.internal

import dev.midge.nats.Headers
import dev.midge.nats.jetstream.Compression
import dev.midge.nats.jetstream.Storage
import dev.midge.nats.objectstore.ObjectLink
import dev.midge.nats.objectstore.ObjectMetaBuilder
import dev.midge.nats.objectstore.ObjectStoreConfig
import dev.midge.nats.objectstore.ObjectStoreConfigBuilder
import dev.midge.nats.objectstore.PutOptions
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.shouldBe
import io.kotest.property.Arb
import io.kotest.property.arbitrary.byte
import io.kotest.property.arbitrary.byteArray
import io.kotest.property.arbitrary.int
import io.kotest.property.arbitrary.list
import io.kotest.property.checkAll
import kotlinx.coroutines.flow.asFlow
import kotlinx.coroutines.flow.toList
import kotlinx.io.asSource
import kotlinx.io.buffered
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import java.time.Duration
import java.time.Instant
import kotlin.time.Duration.Companion.hours

private fun json(text: String) = Json.parseToJsonElement(text) as JsonObject

private fun digested(vararg chunks: String) = Digested().apply { chunks.forEach { add(it.encodeToByteArray()) } }

class ObjectFormatSpec :
    FunSpec({
        test("a store is a stream as others make it") {
            ObjectStoreConfig("B") {}.toString() shouldBe
                """{"name":"OBJ_B","subjects":["${'$'}O.B.C.>","${'$'}O.B.M.>"],"discard":"new","allow_rollup_hdrs":true,"allow_direct":true}"""
            val kotlin = ObjectStoreConfig("B") {
                description = "assets"
                timeToLive = 1.hours
                maxBytes = 1_000
                storage = Storage.MEMORY
                replicas = 3
                compression = Compression.S2
                metadata = mapOf("a" to "b")
            }
            val java = ObjectStoreConfig.builder("B").description("assets").timeToLive(Duration.ofHours(1)).maxBytes(1_000)
                .storage(Storage.MEMORY).replicas(3).compression(Compression.S2).metadata(mapOf("a" to "b")).build()
            kotlin shouldBe java
            kotlin.toString() shouldBe
                """{"name":"OBJ_B","subjects":["${'$'}O.B.C.>","${'$'}O.B.M.>"],"discard":"new","allow_rollup_hdrs":true,""" +
                """"allow_direct":true,"description":"assets","max_age":3600000000000,"max_bytes":1000,"storage":"memory",""" +
                """"num_replicas":3,"compression":"s2","metadata":{"a":"b"}}"""
            kotlin.bucket shouldBe "B"
            kotlin.timeToLive() shouldBe Duration.ofHours(1)
        }

        test("what others have set in a store's stream stays when it is changed") {
            val stream = dev.midge.nats.jetstream.StreamConfig(json("""{"name":"OBJ_B","max_age":5000000000,"novelty":{"a":1}}"""))
            ObjectStoreConfigBuilder(stream.toBuilder()).maxBytes(7).build().toString() shouldBe
                """{"name":"OBJ_B","max_age":5000000000,"novelty":{"a":1},"max_bytes":7}"""
        }

        test("the names of stores are checked, and those of objects are any text, in Base64 with its padding") {
            listOf("", "a.b", "a b", "a/b", "ä").forEach { shouldThrow<IllegalArgumentException> { ObjectStoreConfig(it) {} } }
            BucketNames.meta("B", "a.b").value shouldBe "\$O.B.M.YS5i"
            BucketNames.meta("B", "a").value shouldBe "\$O.B.M.YQ=="
            BucketNames.meta("B", "\u00ff\u00fe\ud83d\ude00?").value shouldBe "\$O.B.M.w7_DvvCfmIA_"
            shouldThrow<IllegalArgumentException> { BucketNames.meta("B", "") }
            shouldThrow<IllegalArgumentException> { BucketNames.meta("B", "a\ud83d") }
        }

        test("the metadata of an object is what others write") {
            val options = PutOptions {
                description = "d"
                headers = Headers.of("A" to "1", "A" to "2")
                metadata = mapOf("k" to "v")
            }
            ObjectJson.ofPut("B", "a.b", "NUID", PutOptions.Default, 131_072, digested("abc")).toString() shouldBe
                """{"name":"a.b","options":{"max_chunk_size":131072},"bucket":"B","nuid":"NUID","size":3,"chunks":1,""" +
                """"digest":"SHA-256=ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0="}"""
            ObjectJson.ofPut("B", "a", "N", options, 10, digested()).toString() shouldBe
                """{"name":"a","description":"d","headers":{"A":["1","2"]},"metadata":{"k":"v"},"options":{"max_chunk_size":10},""" +
                """"bucket":"B","nuid":"N","size":0,"chunks":0,"digest":"SHA-256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU="}"""
            ObjectJson.ofLink("B", "l", "N", ObjectLink("C", "x")).toString() shouldBe
                """{"name":"l","options":{"link":{"bucket":"C","name":"x"}},"bucket":"B","nuid":"N","size":0,"chunks":0}"""
            ObjectJson.ofLink("B", "l", "N", ObjectLink("C", null)).toString() shouldBe
                """{"name":"l","options":{"link":{"bucket":"C"}},"bucket":"B","nuid":"N","size":0,"chunks":0}"""
            ObjectJson.deleted(ObjectJson.ofPut("B", "a", "N", PutOptions.Default, 10, digested("abc"))).toString() shouldBe
                """{"name":"a","options":{"max_chunk_size":10},"bucket":"B","nuid":"N","size":0,"chunks":0,"deleted":true}"""
        }

        test("what others have written is read, and stays when it is changed") {
            val stored = json("""{"name":"a","bucket":"B","nuid":"N","size":3,"mtime":"0001-01-01T00:00:00Z","chunks":1,"novelty":[1]}""")
            val time = Instant.parse("2026-11-27T04:42:31.121102096Z")
            val info = ObjectJson.info(stored, 7, time)
            info.modified shouldBe time
            info.size shouldBe 3
            info.digest.shouldBeNull()
            info.link.shouldBeNull()
            info.chunkSize shouldBe 0
            ObjectMetaBuilder(info.wire).description("d").headers(Headers.of("A", "1")).json().toString() shouldBe
                """{"name":"a","bucket":"B","nuid":"N","size":3,"chunks":1,"novelty":[1],"description":"d","headers":{"A":["1"]}}"""
            ObjectJson.info(json("""{"name":null,"headers":3,"options":[],"size":"x"}"""), 1, time).apply {
                name shouldBe ""
                headers.isEmpty() shouldBe true
                size shouldBe 0
            }
        }

        test("digests are the same in both alphabets, with and without padding") {
            val digest = digested("abc").digest()
            Digested.isSame(digest, digest.replace('-', '+').replace('_', '/')) shouldBe true
            Digested.isSame(digest, digest.trimEnd('=')) shouldBe true
            Digested.isSame(digest, digested("abd").digest()) shouldBe false
        }

        test("chunks are the bytes again, all of one size but the last, whatever they are made of") {
            checkAll(Arb.list(Arb.byteArray(Arb.int(0..20), Arb.byte()), 0..8), Arb.int(1..16)) { pieces, size ->
                val bytes = pieces.fold(ByteArray(0), ByteArray::plus)
                val expected = bytes.toList().chunked(size)
                chunksOf(bytes, size).toList().map { it.toList() } shouldBe expected
                chunksOf(pieces.asFlow(), size).toList().map { it.toList() } shouldBe expected
                chunksOf(bytes.inputStream(), size).toList().map { it.toList() } shouldBe expected
                chunksOf(bytes.inputStream().asSource().buffered(), size).toList().map { it.toList() } shouldBe expected
            }
        }

        test("options are checked") {
            shouldThrow<IllegalArgumentException> { PutOptions { chunkSize = 0 } }
            ChunkStore.window(128 * 1024) shouldBe 32
            ChunkStore.window(1) shouldBe 64
            ChunkStore.window(Int.MAX_VALUE) shouldBe 2
        }
    })
