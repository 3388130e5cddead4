package dev.midge.nats

import io.kotest.core.spec.style.FunSpec
import io.kotest.datatest.withTests
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.ints.shouldBeGreaterThan
import java.lang.reflect.Method
import java.lang.reflect.Modifier

private val REPLY_TO_OR_SUBJECT = setOf(Subject::class.java, String::class.java)

/** Name and parameters, with every subject as a text: the same for both overloads, unless one has a parameter more. */
private fun Method.asTexts(): String =
    name.substringBefore('-') + parameterTypes.map { if (it in REPLY_TO_OR_SUBJECT) String::class.java else it }

/** Not what the client for Java is made of. */
private fun Method.isDeclared(): Boolean =
    !isSynthetic && Modifier.isPublic(modifiers) && !Modifier.isStatic(modifiers) && '$' !in name && !name.startsWith("requestOnThread")

/** What takes a subject takes its text as well, and the other way round, with all its other parameters. */
class SymmetricOverloadsSpec :
    FunSpec({
        context("every operation is there with a Subject and with its text") {
            withTests(nameFn = {
                it.simpleName
            }, NatsPublisher::class.java, NatsSubscriber::class.java, NatsRequester::class.java) { type ->
                val methods = type.declaredMethods.filter(Method::isDeclared)
                val bySubject = methods.filter { it.parameterTypes.first() == Subject::class.java }.map(Method::asTexts)
                val byText = methods.filter { it.parameterTypes.first() == String::class.java }.map(Method::asTexts)
                bySubject.size shouldBeGreaterThan 3
                (bySubject - byText.toSet()).shouldBeEmpty()
                (byText - bySubject.toSet()).shouldBeEmpty()
            }
        }
    })
