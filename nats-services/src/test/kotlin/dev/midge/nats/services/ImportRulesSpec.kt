package dev.midge.nats.services

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.ints.shouldBeGreaterThan
import java.nio.file.Path
import kotlin.io.path.extension
import kotlin.io.path.name
import kotlin.io.path.readLines
import kotlin.io.path.walk

private val sources = Path.of("src/main/kotlin").walk().filter { it.extension == "kt" }.associate { it.name to it.readLines() }
private const val LONGEST_FILE = 250

class ImportRulesSpec :
    FunSpec({
        test("the module stands on the public API of the core and its seam, and on no other module but that of codecs") {
            sources.size shouldBeGreaterThan 20
            val strangers = listOf("dev.midge.nats.internal", "dev.midge.nats.serialization.internal", "dev.midge.nats.jetstream")
            sources.flatMap { (name, lines) ->
                lines.filter { line -> strangers.any { line.startsWith("import $it") } }.map { name to it }
            }.shouldBeEmpty()
        }

        test("no file is longer than a page that one can still follow") {
            sources.filter { it.value.size > LONGEST_FILE }.keys.shouldBeEmpty()
        }
    })
