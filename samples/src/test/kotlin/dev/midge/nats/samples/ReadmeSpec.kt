package dev.midge.nats.samples

import dev.midge.nats.NatsConnection
import dev.midge.nats.java.NatsClient
import dev.midge.nats.jetstream.jetStream
import dev.midge.nats.kv.deleteKeyValue
import dev.midge.nats.kv.keyValue
import dev.midge.nats.testing.EmbeddedNatsServer
import dev.midge.nats.testing.NatsServerProcess
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempfile
import io.kotest.matchers.collections.shouldContainAll
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.ints.shouldBeGreaterThan
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.runBlocking
import java.nio.file.Path
import kotlin.io.path.readText
import kotlin.io.path.writeText
import dev.midge.nats.samples.java.ReadmeSnippets as JavaSnippets

/** What [program] prints, line by line, with a server and until its connection is drained. */
private fun printedWithServer(program: (url: String) -> Unit): List<String> =
    EmbeddedNatsServer.start().use { server -> printedBy { program(server.url) } }.trim().lines()

/** The blocks of [language] in the README as they stand within a test: without imports, and with `url` for a server on this machine. */
private fun shown(language: String): List<String> = shownIn("README.md", language).map { block ->
    block.lines().dropWhile { it.startsWith("import ") || it.isBlank() }.joinToString("\n")
        .replace("\"nats://localhost:4222\"", "url").replace("public class First", "public static class First")
}

private val sources = mapOf(
    "kotlin" to "kotlin/dev/midge/nats/samples/ReadmeSnippets.kt",
    "java" to "java/dev/midge/nats/samples/java/ReadmeSnippets.java",
)

private fun importsIn(text: String): List<String> = text.lines().filter { it.startsWith("import ") }

/** What the README shows is what the compilers saw, in ReadmeSnippets.kt and ReadmeSnippets.java. */
class ReadmeSpec :
    FunSpec({
        test("every Kotlin snippet of the README is compiled") {
            val shown = shown("kotlin")
            shown.size shouldBeGreaterThan 8
            shown shouldContainExactlyInAnyOrder snippetsOf(sources.getValue("kotlin"))
        }

        test("every Java snippet of the README is compiled") {
            val shown = shown("java")
            shown.size shouldBeGreaterThan 2
            shown shouldContainExactlyInAnyOrder snippetsOf(sources.getValue("java"))
        }

        test("what the first programs import is what the compilers saw") {
            for ((language, source) in sources) {
                val imported = shownIn("README.md", language).flatMap(::importsIn)
                imported.size shouldBeGreaterThan 2
                importsIn(Path.of("src/test", source).readText()) shouldContainAll imported
            }
        }

        test("the first program runs as it is shown, in Kotlin") {
            printedWithServer { url -> runBlocking { FirstProgram(url).main() } } shouldContainExactlyInAnyOrder
                listOf("people.joe: hello", "hi joe")
        }

        test("the first program runs as it is shown, in Java") {
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

        test("the snippets of key-value, objects and services work, in both languages") {
            val film = tempfile("film").toPath().apply { writeText("a film") }
            val server = NatsServerProcess.start {
                version = "2.15.1"
                jetStream = true
            }
            server.use {
                val nats = NatsConnection(server.url)
                val js = nats.jetStream()
                keyValueSnippet(js)
                js.keyValue<Int>("limits").get("api.search")?.value shouldBe 101
                val copy = tempfile("copy").toPath()
                objectsSnippet(js, film, copy)
                copy.readText() shouldBe "a film"
                servicesSnippet(nats).stop()
                js.deleteKeyValue("limits")
                NatsClient.of(nats).let { client ->
                    JavaSnippets.keyValue(client)
                    js.keyValue<Int>("limits").get("api.search")?.value shouldBe 101
                    copy.writeText("")
                    JavaSnippets.objects(client, film, copy)
                    copy.readText() shouldBe "a film"
                    JavaSnippets.services(client).stop()
                }
                nats.drain()
            }
        }
    })
