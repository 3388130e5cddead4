package dev.midge.nats.promises

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.ints.shouldBeInRange
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import java.net.ServerSocket
import java.nio.file.Files
import kotlin.time.Duration.Companion.seconds

/** Runs [program] where `many.test` has three addresses, of which a server listens at most at the first. */
private fun PromiseScope.withManyAddresses(program: String, port: Int): ChildJvm {
    val hosts = Files.createTempFile("hosts", null)
    closing(AutoCloseable { Files.delete(hosts) })
    Files.writeString(hosts, "127.0.0.1 many.test\n127.0.0.2 many.test\n127.0.0.3 many.test\n")
    val arguments = listOf("-Djdk.net.hosts.file=$hosts")
    return closing(ChildJvm(ShortProgram::class.java.name, arguments, listOf(program, "nats://many.test:$port")))
}

class NameWithManyAddressesIsOneServerIT :
    FunSpec({
        promise("whichever of its addresses answers is used") {
            val program = withManyAddresses("connect", server().port)
            program.line("done")
            withContext(Dispatchers.IO) { program.awaitExit(2.seconds) } shouldBe 0
        }

        promise("attempts are counted by server, and each waits, also where the name has several addresses") {
            val dead = ServerSocket(0).use { it.localPort }
            val program = withManyAddresses("fail", dead)
            repeat(5) { index ->
                val (attempt, url, delay) = program.line("attempt ").split(' ')
                attempt.toInt() shouldBe index + 1
                url shouldBe "nats://many.test:$dead"
                // 200 ms, less the time since the attempt before.
                delay.toInt() shouldBeInRange if (index == 0) 0..0 else 150..200
            }
        }
    })
