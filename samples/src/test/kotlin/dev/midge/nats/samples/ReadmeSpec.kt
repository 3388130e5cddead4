package dev.midge.nats.samples

import dev.midge.nats.java.NatsClient
import dev.midge.nats.testing.EmbeddedNatsServer
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.ints.shouldBeGreaterThan
import kotlinx.coroutines.runBlocking
import dev.midge.nats.samples.java.ReadmeSnippets as JavaSnippets
import dev.midge.nats.samples.java.ReadmeSnippets.FirstProgram as JavaProgram

/** What [program] prints, line by line, with a server and until its connection is drained. */
private fun printedWithServer(program: (url: String) -> Unit): List<String> =
    EmbeddedNatsServer.start().use { server -> printedBy { program(server.url) } }.trim().lines()

/** The blocks of [language] in the README, with `url` in place of the address of a server on this machine. */
private fun shown(language: String): List<String> = shownIn("README.md", language).map { it.replace("\"nats://localhost:4222\"", "url") }

/** What the README shows is what the compilers saw, in ReadmeSnippets.kt and ReadmeSnippets.java. */
class ReadmeSpec :
    FunSpec({
        test("every Kotlin snippet of the README is compiled") {
            val shown = shown("kotlin")
            shown.size shouldBeGreaterThan 8
            shown shouldContainExactlyInAnyOrder snippetsOf("kotlin/dev/midge/nats/samples/ReadmeSnippets.kt")
        }

        test("every Java snippet of the README is compiled") {
            val shown = shown("java")
            shown.size shouldBeGreaterThan 2
            shown shouldContainExactlyInAnyOrder snippetsOf("java/dev/midge/nats/samples/java/ReadmeSnippets.java")
        }

        test("the first program runs as it is shown, in Kotlin") {
            printedWithServer { url -> runBlocking { FirstProgram(url).main() } } shouldContainExactlyInAnyOrder
                listOf("people.joe: hello", "hi joe")
        }

        test("the first program runs as it is shown, in Java") {
            printedWithServer(JavaProgram::run) shouldContainExactlyInAnyOrder listOf("people.joe: hello", "hi joe")
        }

        test("the Java snippet with futures runs as it is shown") {
            val printed = printedWithServer { url ->
                NatsClient.connect(url).use { nats ->
                    nats.respond("greet") { request -> "hi ${request.text()}".encodeToByteArray() }
                    JavaSnippets.futures(nats)
                }
            }
            printed shouldContainExactly listOf("hi joe")
        }

        test("the Java snippet with records runs as it is shown") {
            val printed = printedWithServer { url ->
                NatsClient.connect(url).use { nats ->
                    JavaSnippets.typed(nats)
                    nats.drain()
                }
            }
            printed shouldContainExactly listOf("Joe", "Jane", "Jim")
        }
    })
