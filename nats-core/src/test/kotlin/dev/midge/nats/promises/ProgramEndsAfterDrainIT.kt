package dev.midge.nats.promises

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import kotlin.time.Duration.Companion.seconds

class ProgramEndsAfterDrainIT :
    FunSpec({
        for (end in listOf("drain", "close")) {
            promise("a program ends at once after $end: nothing of the connection keeps it") {
                val server = server()
                val program = closing(ChildJvm(ShortProgram::class.java.name, emptyList(), listOf(end, server.url)))
                program.line("done")
                withContext(Dispatchers.IO) { program.awaitExit(2.seconds) } shouldBe 0
            }
        }
    })
