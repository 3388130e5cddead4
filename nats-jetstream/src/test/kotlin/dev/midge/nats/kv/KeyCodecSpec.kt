package dev.midge.nats.kv

import dev.midge.nats.kv.internal.Keys
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.property.Arb
import io.kotest.property.arbitrary.list
import io.kotest.property.arbitrary.map
import io.kotest.property.arbitrary.of
import io.kotest.property.arbitrary.string
import io.kotest.property.checkAll

/** What the bucket calls a key of [codec]. */
private fun stored(key: String, codec: KeyCodec = KeyCodec.Plain) = Keys(codec).stored(key)

private fun filter(filter: String, codec: KeyCodec = KeyCodec.Plain) = Keys(codec).storedFilter(filter)

class KeyCodecSpec :
    FunSpec({
        test("keys are what the bucket can hold") {
            listOf("a", "a.b", "A/b=c_d-9", "-.=").forEach { stored(it) shouldBe it }
            for (bad in listOf("", ".a", "a.", "a..b", "a b", "a*", "*", ">", "a.>", "ä", "_kv.a", "_kvx", "a\n")) {
                shouldThrow<IllegalArgumentException> { stored(bad) }.message.orEmpty() shouldContain "'$bad' is no key"
            }
        }

        test("filters may have wildcards for whole tokens") {
            listOf(">", "a", "a.*", "*.b", "a.>", "*.*.c").forEach { filter(it) shouldBe it }
            for (bad in listOf("", "a.>.b", ">.a", "a*", "a..*", "*.", "ä.*")) shouldThrow<IllegalArgumentException> { filter(bad) }
        }

        test("base64 goes token by token, so that filters still work") {
            stored("hello world.ü", KeyCodec.Base64) shouldBe "aGVsbG8gd29ybGQ.w7w"
            filter("hello world.*.>", KeyCodec.Base64) shouldBe "aGVsbG8gd29ybGQ.*.>"
            shouldThrow<IllegalArgumentException> { stored("a..b", KeyCodec.Base64) }
            shouldThrow<IllegalArgumentException> { Keys(KeyCodec.Base64).key("!") }
        }

        test("any key comes back from base64") {
            checkAll(Arb.list(Arb.string(1..20).map { it.replace('.', ' ') }, 1..4)) { tokens ->
                val key = tokens.joinToString(".").let { String(it.encodeToByteArray()) }
                KeyCodec.Base64.decode(stored(key, KeyCodec.Base64)) shouldBe key
            }
        }

        test("paths are keys") {
            val pairs = mapOf("/" to "_root_", "/etc/hosts" to "_root_.etc.hosts", "etc/hosts" to "etc.hosts", "a" to "a")
            for ((path, key) in pairs) {
                stored(path, KeyCodec.Path) shouldBe key
                KeyCodec.Path.decode(key) shouldBe path
            }
            stored("/etc/", KeyCodec.Path) shouldBe "_root_.etc"
            filter("/etc/*", KeyCodec.Path) shouldBe "_root_.etc.*"
            filter("etc/>", KeyCodec.Path) shouldBe "etc.>"
            for (bad in listOf("", "//", "a//b", "a.b", ".")) shouldThrow<IllegalArgumentException> { stored(bad, KeyCodec.Path) }
        }

        test("codecs are joined from left to right") {
            val both = KeyCodec.Path.then(KeyCodec.Base64)
            stored("/my files", both) shouldBe "X3Jvb3Rf.bXkgZmlsZXM"
            both.decode("X3Jvb3Rf.bXkgZmlsZXM") shouldBe "/my files"
            filter("/*", both) shouldBe "X3Jvb3Rf.*"
        }

        test("any path comes back") {
            checkAll(Arb.list(Arb.of("a", "b-c", "9"), 1..4), Arb.of("", "/")) { parts, root ->
                val path = root + parts.joinToString("/")
                KeyCodec.Path.decode(stored(path, KeyCodec.Path)) shouldBe path
            }
        }

        test("a codec without filters takes only the one for all keys") {
            val upper = object : KeyCodec {
                override fun encode(key: String) = key.uppercase()

                override fun decode(stored: String) = stored.lowercase()
            }
            filter(">", upper) shouldBe ">"
            filter("a", upper) shouldBe "A"
            shouldThrow<IllegalArgumentException> { filter("a.*", upper) }.message.orEmpty() shouldContain "'a.*'"
            shouldThrow<IllegalArgumentException> { filter("a.*", upper.then(KeyCodec.Base64)) }
        }
    })
