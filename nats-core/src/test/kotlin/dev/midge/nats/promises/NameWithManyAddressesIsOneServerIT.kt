package dev.midge.nats.promises

import dev.midge.nats.testing.fixtures.RefusedPort
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.ints.shouldBeGreaterThan
import io.kotest.matchers.ints.shouldBeGreaterThanOrEqual
import io.kotest.matchers.ints.shouldBeInRange
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import java.net.InetAddress
import java.net.ServerSocket
import java.net.SocketException
import java.nio.file.Files
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread
import kotlin.time.Duration.Companion.seconds

/** Runs [program] where `many.test` has three addresses. */
private fun PromiseScope.withManyAddresses(program: String, port: Int): ChildJvm {
    val hosts = Files.createTempFile("hosts", null)
    closing(AutoCloseable { Files.delete(hosts) })
    Files.writeString(hosts, "127.0.0.1 many.test\n127.0.0.2 many.test\n127.0.0.3 many.test\n")
    val arguments = listOf("-Djdk.net.hosts.file=$hosts")
    return closing(ChildJvm(ShortProgram::class.java.name, arguments, listOf(program, "nats://many.test:$port")))
}

/** Hangs up on whoever connects to [port], and counts them. */
private fun hungUp(port: ServerSocket): AtomicInteger {
    val count = AtomicInteger()
    thread(isDaemon = true) {
        try {
            while (true) port.accept().use { count.incrementAndGet() }
        } catch (e: SocketException) {
            // The test is over.
        }
    }
    return count
}

class NameWithManyAddressesIsOneServerIT :
    FunSpec({
        promise("whichever of its addresses answers is used") {
            val program = withManyAddresses("connect", server().port)
            program.line("done")
            withContext(Dispatchers.IO) { program.awaitExit(10.seconds) } shouldBe 0
        }

        promise("its addresses are tried in random order") {
            val first = ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))
            val others = listOf("127.0.0.2", "127.0.0.3").map { ServerSocket(first.localPort, 50, InetAddress.getByName(it)) }
            val tried = (listOf(first) + others).map { hungUp(closing(it)) }
            val program = withManyAddresses("try", first.localPort)
            program.line("done")
            // Each of the 60 attempts begins with one of the three.
            until { tried.sumOf { it.get() } >= 60 }
            tried.forEach { it.get() shouldBeGreaterThan 0 }
        }

        promise("attempts are counted by server, and each waits, also where the name has several addresses") {
            val dead = closing(RefusedPort()).port
            val program = withManyAddresses("fail", dead)
            repeat(5) { index ->
                val (attempt, url, delay, tried) = program.line("attempt ").split(' ')
                attempt.toInt() shouldBe index + 1
                url shouldBe "nats://many.test:$dead"
                // 200 ms, less the time since the attempt before, which a busy machine makes longer.
                delay.toInt() shouldBeInRange if (index == 0) 0..0 else 0..200
                tried.toInt() shouldBeGreaterThanOrEqual 200 * index - 1
            }
        }
    })
