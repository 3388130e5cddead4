package dev.midge.nats.samples

import java.io.ByteArrayOutputStream
import java.io.PrintStream

/** Runs the sample of this name, such as `Quickstart` or `java.Quickstart`, and returns what it has printed. */
internal fun printedBy(sample: String): String = printedBy {
    // By name: each sample has a main of its own.
    Class.forName("dev.midge.nats.samples.$sample").getMethod("main", Array<String>::class.java).invoke(null, emptyArray<String>())
}

/** Runs [program] and returns what it has printed. */
internal fun printedBy(program: () -> Unit): String {
    val out = System.out
    val bytes = ByteArrayOutputStream()
    System.setOut(PrintStream(bytes, true, Charsets.UTF_8))
    try {
        program()
    } finally {
        System.setOut(out)
    }
    return bytes.toString(Charsets.UTF_8)
}

/** The titles of the steps that a lesson has printed, in order. */
internal fun stepsIn(printed: String): List<String> =
    Regex("^\\d+\\. (.*)$", RegexOption.MULTILINE).findAll(printed).map { it.groupValues[1] }.toList()

/** What a lesson has printed of its effects, in order. */
internal fun effectsIn(printed: String): List<String> =
    printed.lines().map { it.trim() }.filter { it.startsWith("=> ") }.map { it.removePrefix("=> ") }
