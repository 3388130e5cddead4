package dev.midge.nats.jetstream.internal.api

import dev.midge.nats.jetstream.WrongLastException
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject

private fun actual(code: Int, description: String): Long? {
    val error = Json.parseToJsonElement("""{"code":400,"err_code":$code,"description":"$description"}""") as JsonObject
    return ApiFailures.of(error, "s.a", ApiTarget("S")).shouldBeInstanceOf<WrongLastException>().actual
}

class ApiFailuresSpec :
    FunSpec({
        test("the last sequence is the one that the server says") {
            actual(10_071, "wrong last sequence: 7") shouldBe 7
            actual(10_071, "wrong last sequence") shouldBe null
            actual(10_164, "wrong last sequence") shouldBe null
        }

        test("a message id that is a number is no sequence") {
            actual(10_070, "wrong last msg ID: 7") shouldBe null
        }
    })
