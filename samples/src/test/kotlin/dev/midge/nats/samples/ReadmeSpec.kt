package dev.midge.nats.samples

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import java.nio.file.Path
import kotlin.io.path.readText

/** What the README shows is what the compiler saw in ReadmeSnippets.kt. */
class ReadmeSpec :
    FunSpec({
        test("every Kotlin snippet of the README is compiled") {
            val shown = Regex("```kotlin\n(.*?)```", RegexOption.DOT_MATCHES_ALL).findAll(Path.of("../README.md").readText())
                .map { it.groupValues[1].trimEnd() }.toList()
            val source = Path.of("src/test/kotlin/dev/midge/nats/samples/ReadmeSnippets.kt").readText()
            val compiled = Regex("// snippet: \\w+\n(.*?)\n +// end", RegexOption.DOT_MATCHES_ALL).findAll(source)
                .map { it.groupValues[1].trimIndent() }.toList()
            shown shouldContainExactlyInAnyOrder compiled
        }
    })
