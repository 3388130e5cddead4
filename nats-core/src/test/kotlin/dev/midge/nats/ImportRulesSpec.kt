package dev.midge.nats

import io.kotest.core.spec.style.FunSpec
import io.kotest.inspectors.forAll
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldNotBeEmpty
import io.kotest.matchers.ints.shouldBeLessThanOrEqual
import java.nio.file.Path
import kotlin.io.path.extension
import kotlin.io.path.name
import kotlin.io.path.readLines
import kotlin.io.path.walk

private class SourceFile(val path: Path, lines: List<String>) {
    val lineCount = lines.size
    val imports = lines.filter { it.startsWith("import ") }.map { it.removePrefix("import ") }
    val text = lines.joinToString("\n")

    override fun toString(): String = path.name
}

private val sources = Path.of("src/main/kotlin/dev/midge/nats")
private val files = sources.walk().filter { it.extension == "kt" }.map { SourceFile(it, it.readLines()) }.toList()

private fun inPackage(name: String) = files.filter { it.path.parent == sources.resolve("internal/$name") }

private fun SourceFile.internalImports() =
    imports.filter { it.startsWith("dev.midge.nats.internal.") }.map { it.removePrefix("dev.midge.nats.internal.").substringBefore('.') }

/** The rules of ARCHITECTURE.md that keep the data path readable. */
class ImportRulesSpec :
    FunSpec({
        val allowed = mapOf(
            "protocol" to setOf("protocol"),
            "transport" to setOf("transport"),
            "values" to setOf("values"),
            "hooks" to setOf("hooks"),
            "context" to setOf("context"),
            "auth" to setOf("auth", "hooks"),
            "tls" to setOf("tls"),
            "outbound" to setOf("outbound", "protocol", "transport"),
            "inbound" to setOf("inbound", "protocol", "transport"),
            "connection" to setOf("auth", "connection", "hooks", "inbound", "outbound", "protocol", "tls", "transport"),
            "client" to setOf("client", "connection", "inbound", "outbound", "protocol"),
            "pool" to setOf("client", "pool", "protocol"),
            "shards" to setOf("client", "connection", "inbound", "pool", "protocol", "shards"),
        )

        for ((layer, below) in allowed) {
            test("internal.$layer imports only ${below - layer}") {
                inPackage(layer).shouldNotBeEmpty()
                inPackage(layer).forAll { file -> file.internalImports().filterNot(below::contains).shouldBeEmpty() }
            }
        }

        test("a module that stands on the seam imports nothing internal") {
            val module = Path.of("src/test/kotlin/dev/midge/nats/seam/module").walk().map { SourceFile(it, it.readLines()) }.toList()
            module.shouldNotBeEmpty()
            module.forAll { file -> file.internalImports().shouldBeEmpty() }
        }

        test("every internal package has its rule") {
            files.filter {
                "internal" in it.path.toString()
            }.forAll { file -> listOf(file.path.parent.name).filterNot(allowed::containsKey).shouldBeEmpty() }
        }

        test("the protocol knows no coroutines, sockets or logging") {
            val foreign = listOf("kotlinx.coroutines", "io.ktor", "java.nio.channels", "java.net", "org.slf4j")
            inPackage("protocol").forAll { file -> file.imports.filter { import -> foreign.any(import::startsWith) }.shouldBeEmpty() }
        }

        test("one file of transport opts in to internals of Ktor and kotlinx-io") {
            val markers = listOf("InternalAPI", "InternalIoApi", "UnsafeIoApi", "InternalCoroutinesApi", "DelicateIoApi")
            files.filter { file -> markers.any { "@OptIn" in file.text && it in file.text } }.map { it.toString() }
                .minus("UnpumpedReadChannel.kt").shouldBeEmpty()
        }

        test("files are small: median at most 120 lines, nine of ten at most 250, none above 400") {
            val sizes = files.map { it.lineCount }.sorted()
            sizes[sizes.size / 2] shouldBeLessThanOrEqual 120
            sizes[sizes.size * 9 / 10] shouldBeLessThanOrEqual 250
            sizes.last() shouldBeLessThanOrEqual 400
        }
    })
