package dev.midge.nats.bench.alone

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe

class SystemCallsSpec :
    FunSpec({
        val table =
            """
            % time     seconds  usecs/call     calls    errors syscall
            ------ ----------- ----------- --------- --------- ----------------
             60.00    0.010000          10      1000           write
             40.00    0.005000          10       500        20 futex
            ------ ----------- ----------- --------- --------- ----------------
            100.00    0.015000                  1500        20 total
            """.trimIndent()

        test("calls are counted for 1,000 messages, in all and by name") {
            val counted = SystemCalls.measurement(table.lines(), messages = 10_000)
            counted shouldBe Measurement(mapOf("systemCalls" to 150.0), mapOf("write" to 100.0, "futex" to 50.0))
        }

        test("no table is no measurement") {
            SystemCalls.measurement(emptyList(), messages = 1) shouldBe null
        }
    })
