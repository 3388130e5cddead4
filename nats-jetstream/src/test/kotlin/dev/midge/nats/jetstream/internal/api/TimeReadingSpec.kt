package dev.midge.nats.jetstream.internal.api

import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.shouldBe
import io.kotest.property.Arb
import io.kotest.property.arbitrary.javaInstant
import io.kotest.property.checkAll
import java.time.Instant

class TimeReadingSpec :
    FunSpec({
        test("every moment is read as it is written") {
            val years = Instant.parse("0001-01-01T00:00:01Z")..Instant.parse("9999-12-31T23:59:59.999999999Z")
            checkAll(Arb.javaInstant(years)) { parseTime(it.toString()) shouldBe it }
        }

        test("a fraction has any number of digits up to nine") {
            for (digits in 1..9) {
                val text = "2026-02-28T23:59:59.${"123456789".take(digits)}Z"
                withClue(text) { parseTime(text) shouldBe Instant.parse(text) }
            }
        }

        test("other ways to write a moment are read too") {
            parseTime("2024-02-29T12:00:00+02:00") shouldBe Instant.parse("2024-02-29T10:00:00Z")
            parseTime("2024-02-29T24:00:00Z") shouldBe Instant.parse("2024-03-01T00:00:00Z")
        }

        test("what is no moment is none") {
            val none = listOf(
                "",
                "now",
                "20x6-01-01T00:00:00Z",
                "2025-02-29T00:00:00Z",
                "2026-13-01T00:00:00Z",
                "2026-01-01T00:00:60.5Z",
                "2026-01-01T00:00:00.1234567890Z",
                "2026-01-01T00:00:0xZ",
                "2026-01-01 00:00:00Z",
                "0001-01-01T00:00:00Z",
            )
            for (text in none) withClue(text) { parseTime(text).shouldBeNull() }
        }
    })
