package dev.midge.nats.samples

import java.nio.file.Path
import kotlin.io.path.readText

/** The blocks of [language] that a page of this repository shows, in order. */
internal fun shownIn(page: String, language: String): List<String> =
    Regex("^```$language\n(.*?)^```$", setOf(RegexOption.DOT_MATCHES_ALL, RegexOption.MULTILINE)).findAll(Path.of("..", page).readText())
        .map { it.groupValues[1].trimEnd() }.toList()

/** What a test source has between `// snippet: name` and `// end`, in order. */
internal fun snippetsOf(testSource: String): List<String> =
    Regex("// snippet: \\w+\n(.*?)\n +// end", RegexOption.DOT_MATCHES_ALL).findAll(Path.of("src/test", testSource).readText())
        .map { it.groupValues[1].trimIndent() }.toList()
