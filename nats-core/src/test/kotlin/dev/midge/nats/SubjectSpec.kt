package dev.midge.nats

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.datatest.withTests
import io.kotest.matchers.shouldBe
import io.kotest.matchers.shouldNotBe
import io.kotest.matchers.string.shouldContain
import io.kotest.property.Arb
import io.kotest.property.arbitrary.element
import io.kotest.property.arbitrary.list
import io.kotest.property.arbitrary.map
import io.kotest.property.checkAll

/** The rules once more, as one expression: tokens without separators, `>` alone only at the end. */
private val reference = Regex("""(?:(?!>\.)[^\s.\x00]+\.)*[^\s.\x00]+""")

class SubjectSpec :
    FunSpec({
        context("a subject is accepted") {
            val usual = listOf("a", "a.b.c", "*", ">", "a.*", "a.*.c", "a.>", "*.*.>", "größe.日本", "😀", "a-b_c$/d", "_INBOX.x.1", "a:b")
            withTests(usual + listOf("a>", "a*b", "*a.b", "**", ">a.b")) {
                Subject(it).value shouldBe it
            }
        }

        context("a text is refused, with the reason") {
            withTests(
                nameFn = { (text, reason) -> "'${text.take(20).filterNot(Char::isISOControl)}': $reason" },
                listOf(
                    "" to "empty",
                    " " to "U+0020",
                    "a b" to "U+0020",
                    "a\tb" to "U+0009",
                    "a\r\nPUB x 0" to "U+000D",
                    "a\nb" to "U+000A",
                    "a\u0000" to "U+0000",
                    "." to "empty token",
                    ".a" to "empty token",
                    "a." to "empty token",
                    "a..b" to "empty token",
                    ">.a" to "not the last token",
                    "a.>.b" to "not the last token",
                    "\uD800" to "surrogate",
                    "a\uDC00b" to "surrogate",
                    "x".repeat(1901) to "1901 bytes",
                    "日".repeat(700) to "2100 bytes",
                ),
            ) { (text, reason) ->
                val error = shouldThrow<InvalidSubjectException> { Subject(text) }
                error.subject shouldBe text
                error.message shouldContain reason
            }
        }

        test("agrees with the reference expression on any mix of the characters that matter") {
            val characters = Arb.element("a", "ä", ".", ".", "*", ">", " ", "\t", "\r", "\n", "\u0000", "-")
            checkAll(20_000, Arb.list(characters, 0..8).map { it.joinToString("") }) { text ->
                val accepted = runCatching { Subject(text) }.isSuccess
                accepted shouldBe reference.matches(text)
            }
        }

        test("knows whether it is a wildcard, and equals by its text") {
            Subject("a.b").isWildcard shouldBe false
            Subject("a.*").isWildcard shouldBe true
            Subject("a.>").isWildcard shouldBe true
            Subject("*.a").isWildcard shouldBe true
            listOf("a*", "*a", "a.b>", ">a.b", "**", "a.>>").forEach { Subject(it).isWildcard shouldBe false }
            Subject("a.b") shouldBe Subject("a.b")
            Subject("a.b").hashCode() shouldBe Subject("a.b").hashCode()
            Subject("a.b") shouldNotBe Subject("a.c")
            Subject("a.b").toString() shouldBe "a.b"
        }

        test("is the text that it stands for") {
            val subject: CharSequence = Subject("größe.日本")
            subject.length shouldBe 8
            subject[6] shouldBe '日'
            subject.subSequence(6, 8) shouldBe "日本"
            Subject.received("größe.日本".encodeToByteArray()).last() shouldBe '本'
        }

        context("a subject matches what a subscription to it gets") {
            withTests(
                nameFn = { (pattern, others) -> "$pattern: $others" },
                listOf(
                    "a.b" to "a.b",
                    "*" to "a",
                    "*.b" to "a.b",
                    "a.*" to "a.b a.* a.b>",
                    "a.*.c" to "a.b.c",
                    "a.>" to "a.b a.b.c a.* a.> a.*.>",
                    ">" to "a a.b * >",
                    "*.>" to "a.b a.b.c a.>",
                ),
            ) { (pattern, others) -> others.split(' ').forEach { Subject(pattern).matches(it) shouldBe true } }
        }

        context("a subject does not match what a subscription to it does not get") {
            withTests(
                nameFn = { (pattern, others) -> "$pattern: $others" },
                listOf(
                    "a.b" to "a a.c a.b.c b.b a.* a.> ab ax.b a.bc",
                    "*" to "a.b > *.*",
                    "a.*" to "a a.b.c b.c a.>",
                    "a.>" to "a b.a > *.b",
                    "*.>" to "a > *",
                    "a>" to "ab a.b",
                ),
            ) { (pattern, others) -> others.split(' ').forEach { Subject(pattern).matches(it) shouldBe false } }
        }

        test("matches as a server decides, whatever the tokens") {
            val tokens = Arb.element("a", "b", "*", "*a")
            val literal = Arb.list(Arb.element("a", "b", "*a"), 1..4).map { it.joinToString(".") }
            val pattern = Arb.list(tokens, 0..4).map { it.joinToString(".") }
            checkAll(5_000, pattern, literal, Arb.element("", ".>")) { text, subject, tail ->
                val whole = (text + tail).removePrefix(".").ifEmpty { "*" }
                val expression = whole.split('.').joinToString("\\.") {
                    if (it ==
                        "*"
                    ) {
                        "[^.]+"
                    } else if (it == ">") {
                        ".+"
                    } else {
                        Regex.escape(it)
                    }
                }
                Subject(whole).matches(Subject(subject)) shouldBe Regex(expression).matches(subject)
            }
        }

        test("is made of tokens, each of which stands for itself") {
            Subject.of("orders", "eu", "42") shouldBe Subject("orders.eu.42")
            Subject.of("one").value shouldBe "one"
            listOf("", "a.b", "*", ">", "a b", "a\r\n").forEach {
                shouldThrow<InvalidSubjectException> { Subject.of("orders", it) }
            }
            shouldThrow<InvalidSubjectException> { Subject.of() }
            Subject.of("a>", "*b").isWildcard shouldBe false
        }
    })
