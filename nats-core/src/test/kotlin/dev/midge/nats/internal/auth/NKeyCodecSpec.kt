package dev.midge.nats.internal.auth

import dev.midge.nats.AuthenticationException
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.datatest.withTests
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldNotContain
import io.kotest.property.Arb
import io.kotest.property.Exhaustive
import io.kotest.property.arbitrary.byte
import io.kotest.property.arbitrary.byteArray
import io.kotest.property.arbitrary.constant
import io.kotest.property.arbitrary.enum
import io.kotest.property.checkAll
import io.kotest.property.exhaustive.ints

/** Published in the tests of other clients (nats.c, nats.go), with its public key and a signature of "nonce". */
internal const val KNOWN_SEED = "SUAMK2FG4MI6UE3ACF3FK3OIQBCEIEZV7NSWFFEW63UXMRLFM2XLAXK4GY"
internal const val KNOWN_PUBLIC = "UAT6BWCSCWLUKJT6K6MBJJOEOTXZ5AJDOYKNEVRFC7VNO6OA43N4TRNO"
internal const val KNOWN_SIGNATURE = "m50It12aTgfbJwsQhucujqhXbsq7tLM-Mf_hSjBQsG_4onm8y2Vkw6JG1bbcDkdxXe-Ng0K-7X9ov4rZ4wFcDg"

private const val LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

class NKeyCodecSpec :
    FunSpec({
        context("the seeds that other clients publish in their tests are read") {
            withTests(
                nameFn = { (seed, _) -> seed.take(2) },
                KNOWN_SEED to NKeyType.USER,
                "SAAASUPRY3ONU4GJR7J5RUVYRUFZXG56F4WEXELLLORQ65AEPSMIFTOJGE" to NKeyType.ACCOUNT,
                "SOAL7GTNI66CTVVNXBNQMG6V2HTDRWC3HGEP7D2OUTWNWSNYZDXWFOX4SU" to NKeyType.OPERATOR,
            ) { (seed, type) -> NKeyCodec.decodeSeed(seed.toCharArray()).type shouldBe type }
        }

        test("the public key of a known seed is the one that the server knows") {
            val seed = NKeyCodec.decodeSeed(KNOWN_SEED.toCharArray())
            NKeyCodec.encodePublic(seed.type, Ed25519KeyPair.of(seed.bytes).publicKey) shouldBe KNOWN_PUBLIC
        }

        test("any seed of any type is read as it was written, also with white space around it") {
            checkAll(1_000, Arb.enum<NKeyType>(), Arb.byteArray(Arb.constant(32), Arb.byte())) { type, raw ->
                val text = TestKey(type, raw).seed
                text.length shouldBe 58
                for (written in listOf(text, " $text\r\n", "\t$text")) {
                    val seed = NKeyCodec.decodeSeed(written.toCharArray())
                    seed.type shouldBe type
                    seed.bytes shouldBe raw
                }
            }
        }

        test("the first letters tell what a key is") {
            val letters = NKeyType.entries.associateWith { TestKey(it).let { key -> key.seed.take(2) to key.public.take(1) } }
            letters shouldBe mapOf(
                NKeyType.OPERATOR to ("SO" to "O"),
                NKeyType.ACCOUNT to ("SA" to "A"),
                NKeyType.USER to ("SU" to "U"),
                NKeyType.SERVER to ("SN" to "N"),
                NKeyType.CLUSTER to ("SC" to "C"),
                NKeyType.CURVE to ("SX" to "X"),
            )
        }

        test("a seed with any one character changed, left out or added is refused, and not shown") {
            checkAll(Exhaustive.ints(KNOWN_SEED.indices)) { position ->
                val others = LETTERS.filter { it != KNOWN_SEED[position] } + "018sü=\u0000\uD800"
                val changed = others.map { KNOWN_SEED.replaceRange(position, position + 1, "$it") }
                for (damaged in changed + KNOWN_SEED.removeRange(
                    position,
                    position + 1,
                ) + KNOWN_SEED.replaceRange(position, position, "A")) {
                    val error = shouldThrow<AuthenticationException> { NKeyCodec.decodeSeed(damaged.toCharArray()) }
                    error.reason shouldBe AuthenticationException.Reason.UNAVAILABLE
                    error.message shouldNotContain damaged.substring(10, 20)
                }
            }
        }

        context("what is no seed is refused, with the reason") {
            withTests(
                nameFn = { (text, reason) -> "${text.take(8).trim()} (${text.length}): $reason" },
                "" to "0 characters",
                "  \n" to "0 characters",
                KNOWN_PUBLIC to "56 characters",
                "S".repeat(1_000_000) to "1000000 characters",
                KNOWN_SEED.lowercase() to "a character that no seed has",
                TestKey(NKeyType.USER).seed.dropLast(2) + "AA" to "checksum",
            ) { (text, reason) ->
                shouldThrow<AuthenticationException> { NKeyCodec.decodeSeed(text.toCharArray()) }.message shouldContain reason
            }
        }

        test("a wiped seed is zero") {
            val seed = NKeyCodec.decodeSeed(KNOWN_SEED.toCharArray())
            seed.wipe()
            seed.bytes shouldBe ByteArray(32)
        }
    })
