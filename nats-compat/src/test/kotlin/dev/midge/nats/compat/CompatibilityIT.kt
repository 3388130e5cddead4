package dev.midge.nats.compat

import dev.midge.nats.compat.fixtures.Orchestrator
import io.kotest.core.spec.style.FunSpec
import io.kotest.core.spec.style.scopes.FunSpecRootScope
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext

/** The tests of one server: a name, and what is asked of its responder and found at the server. */
internal typealias Conversation = (name: String, test: suspend Orchestrator.() -> Unit) -> Unit

private fun FunSpecRootScope.conversation(version: String, orchestrator: Lazy<Orchestrator>): Conversation = { name, test ->
    test("$name, nats-server $version") {
        withContext(Dispatchers.IO) { orchestrator.value.test() }
    }
}

/** Both suites of the protocol, on each release with one responder that lives through all of them. */
class CompatibilityIT :
    FunSpec({
        for (version in listOf("2.9.10", "2.10.27", "2.15.1")) {
            val orchestrator = autoClose(lazy { runBlocking { Orchestrator.start(version) } })
            val conversation = conversation(version, orchestrator)
            bucketTests(conversation)
            objectTests(conversation)
            watchTests(conversation)
            serviceTests(conversation)

            conversation("when all tests have passed, the responder ends with status 0, also while a command waits") {
                val bucket = newName()
                newBucket(bucket)
                val watch = send("object-store", "watch-updates", """{"bucket":"$bucket"}""")
                awaitWatcher(bucket, told = 0)
                tell("tests.service.core.pass.result", "well done")
                tell("tests.done")
                responder.awaitExit() shouldBe 0
                responder.output shouldContain "result: tests.service.core.pass.result well done"
                watch.isDone shouldBe false
            }
        }
    })
