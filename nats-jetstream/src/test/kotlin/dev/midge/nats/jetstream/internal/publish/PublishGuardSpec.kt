package dev.midge.nats.jetstream.internal.publish

import dev.midge.nats.Headers
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsConnection
import dev.midge.nats.Subject
import dev.midge.nats.jetstream.JetStreamOptions
import dev.midge.nats.jetstream.internal.api.ApiChannel
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe

private const val INFO = """{"api":{"level":4},"config":{"name":"S","subjects":["s.>"],"allow_batched":true},"streams":["S"]}"""

@OptIn(InternalNatsApi::class)
class PublishGuardSpec :
    FunSpec({
        test("what was allowed is asked once a link of each connection of a pool, whatever links the others have had") {
            val seams = listOf(3L, 5L).map { LinkSeam(NatsConnection("nats://127.0.0.1:1"), it) }
            var chosen = 0
            var asked = 0
            val client = FakeClient(choose = { seams[chosen] }) { INFO.also { asked++ } }
            val guard = PublishGuard(ApiChannel(client, JetStreamOptions.builder().build()))

            suspend fun check(connection: Int): Int {
                chosen = connection
                val before = asked
                guard.check(Subject("s.a"), Headers.Empty, listOf(Need.FAST_INGEST))
                return asked - before
            }

            // The level, the name of the stream, the stream.
            check(0) shouldBe 3
            check(1) shouldBe 3
            repeat(10) { check(it % 2) shouldBe 0 }
            seams[0].epoch = 5
            check(1) shouldBe 0
            check(0) shouldBe 3
            repeat(10) { check(it % 2) shouldBe 0 }
        }
    })
