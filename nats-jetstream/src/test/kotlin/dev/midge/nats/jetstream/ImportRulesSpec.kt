package dev.midge.nats.jetstream

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.ints.shouldBeGreaterThan
import java.nio.file.Path
import kotlin.io.path.extension
import kotlin.io.path.readLines
import kotlin.io.path.walk

private const val ROOT = "dev.midge.nats.jetstream"
private val SOURCES = Path.of("src/main/kotlin")
private const val LONGEST_FILE = 400

private class Source(path: Path) {
    val name = SOURCES.relativize(path).toString().removePrefix("${ROOT.replace('.', '/')}/")
    private val lines = path.readLines()
    val length = lines.size
    val imports = lines.filter { it.startsWith("import ") }.map { it.removePrefix("import ").substringBefore(" as ") }

    /** `internal/publish` and the like; empty for what users see. */
    val layer = name.substringBeforeLast('/', "")
}

/** What each layer may know of the others: what all stand on knows none of them. */
private val allowed = mapOf(
    "internal/api" to emptySet<String>(),
    "internal/streams" to setOf("api"),
    "internal/read" to setOf("api"),
    "internal/publish" to setOf("api"),
    "internal/consume" to setOf("api"),
    "internal/events" to setOf("api"),
    "dev/midge/nats/kv/internal" to setOf("api", "streams", "read", "publish", "consume"),
    "dev/midge/nats/objectstore/internal" to setOf("api", "consume"),
)

class ImportRulesSpec :
    FunSpec({
        val sources = SOURCES.walk().filter { it.extension == "kt" }.map(::Source).toList()

        test("the module stands on the public API of the core and its seam") {
            sources.size shouldBeGreaterThan 50
            sources.flatMap { source ->
                source.imports.filter { it.startsWith("dev.midge.nats.internal") }.map { source.name to it }
            }.shouldBeEmpty()
        }

        test("the layers know no more of each other than they may") {
            val violations = sources.flatMap { source ->
                val others = allowed[source.layer] ?: return@flatMap emptyList()
                source.imports.filter { it.startsWith("$ROOT.internal.") }
                    .map { it.removePrefix("$ROOT.internal.").substringBefore('.') }
                    .filter { it !in others && "internal/$it" != source.layer }
                    .map { source.name to it }
            }
            violations.shouldBeEmpty()
            sources.map { it.layer }.filter { "internal" in it.split('/') && it !in allowed }.shouldBeEmpty()
        }

        test("JetStream knows nothing of what stands on it") {
            val above = listOf("dev.midge.nats.kv", "dev.midge.nats.objectstore")
            sources.filterNot { it.name.startsWith("dev/midge/nats/") }.flatMap { source ->
                source.imports.filter { name -> above.any(name::startsWith) }.map { source.name to it }
            }.shouldBeEmpty()
        }

        test("no file is longer than a page that one can still follow") {
            sources.filter { it.length > LONGEST_FILE }.map { it.name }.shouldBeEmpty()
        }
    })
