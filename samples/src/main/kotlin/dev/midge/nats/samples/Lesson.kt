package dev.midge.nats.samples

/**
 * Prints the lines of a program next to what they do.
 *
 * The lines are those of the source file itself, between a [step] or [effect] and the next [effect], so that what is shown is what ran.
 * It knows where it is called from by the stack; the build puts the source file, Kotlin's or Java's, beside the classes.
 */
class Lesson(private val sourceFile: String) {
    private val source = linesBeside(StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE).callerClass)
    private var number = 0

    /** The line of [source] up to which all is shown, counted from 1. */
    private var shownTo = 0

    /** Begins a part of the lesson. */
    fun step(title: String) {
        shownTo = callingLine()
        println("\n${++number}. $title")
    }

    /** Shows the lines since the last step or effect, and what they did. */
    fun effect(what: String) {
        val here = callingLine()
        val lines = source.subList(shownTo, here - 1).joinToString("\n").trimIndent()
        println(lines.prependIndent("   "))
        println("   => $what")
        shownTo = here
    }

    private fun callingLine(): Int =
        StackWalker.getInstance().walk { frames -> frames.filter { it.fileName == sourceFile }.findFirst() }.get().lineNumber

    private fun linesBeside(program: Class<*>): List<String> {
        val resource = checkNotNull(program.getResourceAsStream(sourceFile)) { "$sourceFile is not beside $program" }
        return resource.bufferedReader().use { it.readLines() }
    }
}
