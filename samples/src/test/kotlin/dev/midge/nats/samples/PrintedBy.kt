package dev.midge.nats.samples

import java.io.ByteArrayOutputStream
import java.io.PrintStream

/** Runs the sample of this name and returns what it has printed. */
internal fun printedBy(sample: String): String {
    val out = System.out
    val bytes = ByteArrayOutputStream()
    System.setOut(PrintStream(bytes, true, Charsets.UTF_8))
    try {
        // By name: each sample has a main of its own.
        Class.forName("dev.midge.nats.samples.$sample").getMethod("main").invoke(null)
    } finally {
        System.setOut(out)
    }
    return bytes.toString(Charsets.UTF_8)
}
