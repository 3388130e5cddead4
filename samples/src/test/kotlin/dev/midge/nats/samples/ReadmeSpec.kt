package dev.midge.nats.samples

import dev.midge.nats.java.NatsClient
import dev.midge.nats.testing.EmbeddedNatsServer
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.ints.shouldBeGreaterThan
import dev.midge.nats.samples.java.ReadmeSnippets as JavaSnippets

/** What [program] prints, line by line, with a server and until its connection is drained. */
private fun printedWithServer(program: (url: String) -> Unit): List<String> =
    EmbeddedNatsServer.start().use { server -> printedBy { program(server.url) } }.trim().lines()

/** What the README shows is what the compilers saw, in ReadmeSnippets.kt and ReadmeSnippets.java. */
class ReadmeSpec :
    FunSpec({
        test("every Kotlin snippet of the README is compiled") {
            val shown = shownIn("README.md", "kotlin")
            shown.size shouldBeGreaterThan 8
            shown shouldContainExactlyInAnyOrder snippetsOf("kotlin/dev/midge/nats/samples/ReadmeSnippets.kt")
        }

        test("every Java snippet of the README is compiled") {
            val shown = shownIn("README.md", "java")
            shown.size shouldBeGreaterThan 2
            shown shouldContainExactlyInAnyOrder snippetsOf("java/dev/midge/nats/samples/java/ReadmeSnippets.java")
        }

        test("the first Java snippet runs as it is shown") {
            printedWithServer(JavaSnippets::first) shouldContainExactlyInAnyOrder listOf("people.joe: hello", "hi joe")
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
