package dev.midge.nats.jetstream.internal.consume

import dev.midge.nats.jetstream.internal.consume.PullStatus.Verdict
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.property.Arb
import io.kotest.property.arbitrary.int
import io.kotest.property.arbitrary.string
import io.kotest.property.checkAll

/** What servers say, and what is to be done. */
private val table = listOf(
    Triple(100, "Idle Heartbeat", Verdict.ALIVE),
    Triple(404, "No Messages", Verdict.EMPTY),
    Triple(408, "Request Timeout", Verdict.EXPIRED),
    Triple(408, "Requests Pending", Verdict.AGAIN),
    Triple(408, "Interest Expired", Verdict.AGAIN),
    Triple(400, "Bad Request - heartbeat value too large", Verdict.REFUSED),
    Triple(400, "Bad Request - Priority Group missing", Verdict.REFUSED),
    Triple(409, "Message Size Exceeds MaxBytes", Verdict.TOO_BIG),
    Triple(409, "Batch Completed", Verdict.COMPLETED),
    Triple(409, "Exceeded MaxRequestBatch of 10", Verdict.REFUSED),
    Triple(409, "Exceeded MaxRequestExpires of 1s", Verdict.REFUSED),
    Triple(409, "Exceeded MaxRequestMaxBytes of 1024", Verdict.REFUSED),
    Triple(409, "Exceeded MaxWaiting", Verdict.LATER),
    Triple(409, "Consumer Deleted", Verdict.DELETED),
    Triple(409, "Consumer is push based", Verdict.NOT_PULLED),
    Triple(409, "Leadership Change", Verdict.LEADER_CHANGED),
    Triple(409, "Server Shutdown", Verdict.AGAIN),
    Triple(409, "Something New", Verdict.LATER),
    Triple(412, "Required Api Level", Verdict.REFUSED),
    Triple(423, "Nats-Pin-Id mismatch", Verdict.UNPINNED),
    Triple(423, "Nats-Wrong-Pin-Id", Verdict.UNPINNED),
    Triple(503, "", Verdict.UNAVAILABLE),
    Triple(429, "Too Many Requests", Verdict.LATER),
    Triple(500, "", Verdict.LATER),
)

class PullStatusSpec :
    FunSpec({
        for ((code, text, verdict) in table) {
            test("$code '$text' is $verdict") {
                PullStatus.verdict(code, text) shouldBe verdict
            }
        }

        test("every status but a heartbeat ends its pull") {
            checkAll(Arb.int(400..999), Arb.string()) { code, text ->
                PullStatus(PullStatus.verdict(code, text), code, text).endsPull shouldBe true
            }
            PullStatus(PullStatus.verdict(100, "Idle Heartbeat"), 100, "Idle Heartbeat").endsPull shouldBe false
        }
    })
