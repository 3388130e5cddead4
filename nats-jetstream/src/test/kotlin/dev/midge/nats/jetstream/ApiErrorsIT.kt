package dev.midge.nats.jetstream

import dev.midge.nats.jetstream.fixtures.jetStreamTest
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlin.time.Duration.Companion.milliseconds

private const val SILENT = "silent.api"

class ApiErrorsIT :
    FunSpec({
        jetStreamTest("silence names subject and stream, and how long was waited", "2.10.27", {
            apiPrefix = SILENT
            timeout = 200.milliseconds
        }) {
            nats.subscribe("$SILENT.>")
            val failure = shouldThrow<JetStreamTimeoutException> { js.stream(name).info() }
            failure.stream shouldBe name
            failure.subject shouldBe "$SILENT.STREAM.INFO.$name"
            failure.message shouldContain "200ms"
        }

        jetStreamTest("an answer that is no JSON is told with its text", "2.10.27", { apiPrefix = SILENT }) {
            nats.respond("$SILENT.>") { "hello".encodeToByteArray() }
            shouldThrow<MalformedResponseException> { js.accountInfo() }.message shouldContain "hello"
        }

        jetStreamTest("while the servers have no leader, it is asked again until they have one", "2.10.27", { apiPrefix = SILENT }) {
            var asked = 0
            nats.respond("$SILENT.>") {
                val answer = if (++asked <
                    3
                ) {
                    """{"error":{"code":503,"err_code":10008,"description":"no leader"}}"""
                } else {
                    """{"streams":4}"""
                }
                answer.encodeToByteArray()
            }
            js.accountInfo().total.streams shouldBe 4
            asked shouldBe 3
        }

        jetStreamTest("a server that has no leader until the end fails typed within the time", "2.10.27", {
            apiPrefix = SILENT
            timeout = 500.milliseconds
        }) {
            nats.respond("$SILENT.>") { """{"error":{"code":503,"err_code":10008,"description":"no leader"}}""".encodeToByteArray() }
            shouldThrow<JetStreamApiException> { js.accountInfo() }.errorCode shouldBe ApiErrorCodes.CLUSTER_NOT_AVAIL
        }
    })
