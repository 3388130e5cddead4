package dev.midge.nats.compat

import dev.midge.nats.compat.fixtures.Orchestrator
import dev.midge.nats.compat.fixtures.ResponderProcess
import dev.midge.nats.compat.fixtures.WebFiles
import dev.midge.nats.testing.fixtures.RefusedPort
import io.kotest.core.spec.style.FunSpec
import io.kotest.core.spec.style.scopes.FunSpecRootScope
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

private const val VERSION = "2.15.1"

private fun FunSpecRootScope.orchestratorTest(name: String, test: suspend Orchestrator.() -> Unit) {
    test(name) {
        withContext(Dispatchers.IO) { Orchestrator.start(VERSION).use { it.test() } }
    }
}

/** How the responder ends, and what it does not end for. */
class ResponderEndIT :
    FunSpec({
        orchestratorTest("what is unknown is printed and not answered, and is no failure") {
            val subjects =
                listOf("tests.no-suite.a.b.command", "tests.object-store.no-test.b.command", "tests.short", "tests.a.b.odd.result")
            val requests = subjects.map { request(it, "{}".encodeToByteArray()) }
            subjects.forEach { responder.awaitLine("unknown: $it") }
            ask("object-store", "default-bucket", """{"config":{"bucket":"B"}}""").toList().shouldBeEmpty()
            requests.none { it.isDone } shouldBe true
            tell("tests.done")
            responder.awaitExit() shouldBe 0
        }

        orchestratorTest("what fails is printed with its cause and not answered, the responder lives on, and ends with another status") {
            newBucket("B")
            val failures = WebFiles().use { web ->
                listOf(
                    send("object-store", "put-object", """{"bucket":"B","url":"${web.url}/none","config":{"name":"o"}}"""),
                    send("object-store", "get-object", """{"bucket":"B","object":"none"}"""),
                    send("object-store", "default-bucket", "no JSON"),
                    send("service", "core", """{"config":{"name":"s","version":"1.0.0","endpoints":[{"name":"e","group":"none"}]}}"""),
                ).also {
                    responder.awaitLine("failed: tests.object-store.put-object.command.command", "status 404")
                    responder.awaitLine("failed: tests.object-store.get-object.command.command", "no object 'none'")
                    responder.awaitLine("failed: tests.object-store.default-bucket.command.command")
                    responder.awaitLine("failed: tests.service.core.command.command", "no group 'none'")
                }
            }
            ask("object-store", "default-bucket", """{"config":{"bucket":"C"}}""").toList().shouldBeEmpty()
            failures.none { it.isDone } shouldBe true
            nats.objectStore("B").list.shouldBeEmpty()
            tell("tests.done")
            responder.awaitExit() shouldBe 1
        }

        orchestratorTest("a test that the orchestrator calls failed shows in the status at the end, and not before") {
            tell("tests.object-store.watch.fail.result", "other digest")
            ask("object-store", "default-bucket", """{"config":{"bucket":"B"}}""").toList().shouldBeEmpty()
            responder.isAlive shouldBe true
            tell("tests.done")
            responder.awaitExit() shouldBe 1
            responder.output shouldContain "result: tests.object-store.watch.fail.result other digest"
        }

        orchestratorTest("a server that is lost for good ends the responder, with a status that says so") {
            server.kill()
            responder.awaitExit() shouldBe 1
            responder.awaitLine("lost: ")
        }

        test("without a server the responder says so and ends") {
            RefusedPort().use { nobody ->
                ResponderProcess.start(nobody.url).use {
                    it.awaitExit() shouldBe 1
                    it.output shouldContain "lost: "
                    it.output shouldContain "${nobody.port}"
                }
            }
        }
    })
