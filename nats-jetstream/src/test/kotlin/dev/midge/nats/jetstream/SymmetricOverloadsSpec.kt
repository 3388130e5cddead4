package dev.midge.nats.jetstream

import dev.midge.nats.Subject
import io.kotest.core.spec.style.FunSpec
import io.kotest.datatest.withTests
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContain
import io.kotest.matchers.ints.shouldBeGreaterThan
import java.lang.reflect.Method
import java.lang.reflect.Modifier

/** What functions of a file are called on. */
private val RECEIVERS = setOf(JetStream::class.java, AtomicBatch::class.java, Ingest::class.java)

/** What Java sees of the files with functions for values; those for reified types are synthetic. */
private val FILES = listOf("PublishingValuesKt", "BatchedValuesKt").map { Class.forName("dev.midge.nats.jetstream.$it") }

private class Declared(method: Method) {
    private val parameters = method.parameterTypes.toList()
    private val isExtension = Modifier.isStatic(method.modifiers) && parameters.firstOrNull() in RECEIVERS

    /** What it takes first. */
    val first = parameters.getOrNull(if (isExtension) 1 else 0)

    /** Name and parameters, with every subject as a text: the same for both overloads, unless one has a parameter more. */
    val asTexts = method.name.substringBefore('-') + parameters.map { if (it == Subject::class.java) String::class.java else it }
}

/** Not the functions that these are made of, nor what the compiler adds. */
private fun Method.isDeclared(): Boolean = Modifier.isPublic(modifiers) && '$' !in name && !name.endsWith("By")

/** Not for messages: a name, or a filter of streams or of advisories. */
private val NAMES = setOf("stream", "streams", "streamNames", "createStream", "createOrUpdateStream", "advisories")

/** What takes a subject takes its text as well, and the other way round, with all its other parameters. */
class SymmetricOverloadsSpec :
    FunSpec({
        context("every operation is there with a Subject and with its text") {
            withTests(nameFn = { it.simpleName }, RECEIVERS + FILES) { type ->
                val declared = type.declaredMethods.filter { it.isDeclared() && it.name !in NAMES }.map(::Declared)
                val bySubject = declared.filter { it.first == Subject::class.java }.map { it.asTexts }
                val byText = declared.filter { it.first == String::class.java }.map { it.asTexts }
                bySubject.size shouldBeGreaterThan 0
                (bySubject - byText.toSet()).shouldBeEmpty()
                (byText - bySubject.toSet()).shouldBeEmpty()
            }
        }

        test("functions for reified types are among them") {
            val names = FILES.first().declaredMethods.filter { it.isSynthetic && it.isDeclared() }.map { it.name }
            names shouldContain "publish"
        }
    })
