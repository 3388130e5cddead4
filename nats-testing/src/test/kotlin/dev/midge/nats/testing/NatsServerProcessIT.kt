package dev.midge.nats.testing

import dev.midge.nats.testing.fixtures.ForgetfulProgram
import dev.midge.nats.testing.fixtures.RawClient
import dev.midge.nats.testing.fixtures.java
import dev.midge.nats.testing.fixtures.program
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.shouldNotBe
import io.kotest.matchers.string.shouldContain
import java.net.SocketTimeoutException
import java.net.URI
import java.nio.file.Path
import java.time.Duration
import kotlin.io.path.exists

class NatsServerProcessIT :
    FunSpec({
        test("a started server accepts clients and is monitored") {
            NatsServerProcess.start { version = "2.10.27" }.use { server ->
                RawClient(server.port).use { it.info shouldContain "\"version\":\"2.10.27\"" }
                URI("${server.monitorUrl}/varz").toURL().readText() shouldContain "\"port\": ${server.port}"
                server.log() shouldContain "Server is ready"
                server.toString() shouldContain server.url
            }
        }

        test("every version that Debian ships runs") {
            listOf("2.9.10", "2.10.27", "2.15.1").forEach { wanted ->
                NatsServerProcess.start { version = wanted }.use { it.binary.version shouldBe wanted }
            }
        }

        test("close ends the process and removes its directory") {
            val server = NatsServerProcess.start { config = "debug: true" }
            val directory = server.configFile!!.parent
            server.close()
            server.isAlive shouldBe false
            directory.exists() shouldBe false
            server.close()
        }

        test("a server that nobody closed ends with the JVM") {
            val program = java(program(ForgetfulProgram::class.java) + "debug: true")
            val (pid, file) = program.inputReader().readText().trim().lines().last().split(' ')
            program.waitFor() shouldBe 0
            ProcessHandle.of(pid.toLong()).map { it.isAlive }.orElse(false) shouldBe false
            Path.of(file).parent.exists() shouldBe false
        }

        test("kill cuts clients off without a word and restart serves on the same ports") {
            NatsServerProcess.start().use { server ->
                val (port, pid, monitor) = Triple(server.port, server.pid, server.monitorUrl)
                RawClient(port).use { client ->
                    server.kill()
                    client.linesUntilClosed().shouldBeEmpty()
                }
                server.isAlive shouldBe false
                server.restart()
                server.port shouldBe port
                server.monitorUrl shouldBe monitor
                server.pid shouldNotBe pid
                RawClient(port).use { it.linesUntilPong().shouldBeEmpty() }
            }
        }

        test("a paused server answers nothing until it is resumed") {
            NatsServerProcess.start().use { server ->
                RawClient(server.port).use { client ->
                    client.linesUntilPong()
                    server.pause()
                    shouldThrow<SocketTimeoutException> { client.answerWithin(Duration.ofMillis(200)) }
                    server.resume()
                    client.readLine() shouldBe "PONG"
                }
            }
        }

        test("a paused server can be closed") {
            val server = NatsServerProcess.start()
            server.pause()
            server.close()
            server.isAlive shouldBe false
        }

        test("the signal ldm starts lame duck mode, which tells the clients and ends the server") {
            val lameDuck = "lame_duck_grace_period: 1s, lame_duck_duration: 30s"
            NatsServerProcess.start { config = lameDuck }.use { server ->
                RawClient(server.port).use { client ->
                    client.send("CONNECT {\"verbose\":false,\"protocol\":1}")
                    client.linesUntilPong()
                    server.signal("ldm")
                    client.readLine() shouldContain "\"ldm\":true"
                }
                server.awaitExit(Duration.ofSeconds(10)) shouldBe true
            }
        }

        test("an unknown signal is refused by name") {
            NatsServerProcess.start().use { server ->
                shouldThrow<IllegalArgumentException> { server.signal("hup") }.message shouldContain "'hup'"
            }
        }

        test("a reload changes the configuration of a running server") {
            NatsServerProcess.start { config = "max_payload: 1000" }.use { server ->
                val pid = server.pid
                server.reload("max_payload: 2000")
                RawClient(server.port).use { it.info shouldContain "\"max_payload\":2000" }
                server.pid shouldBe pid
                shouldThrow<IllegalStateException> { server.reload("max_payload: {") }.message shouldContain "refused"
            }
        }

        test("a server that cannot start fails with its log and leaves nothing behind") {
            val failure = shouldThrow<NatsServerStartException> { NatsServerProcess.start { config = "no_such_option: 1" } }
            failure.message shouldContain "no_such_option"
        }

        test("JetStream keeps its store over a restart") {
            NatsServerProcess.start { jetStream = true }.use { server ->
                RawClient(server.port).use { client ->
                    client.info shouldContain "\"jetstream\":true"
                    val stream = """{"name":"S","subjects":["s"]}"""
                    client.send(CONNECT, "SUB inbox 1", "PUB \$JS.API.STREAM.CREATE.S inbox ${stream.length}", stream)
                    client.readLine() shouldContain "MSG inbox"
                    client.readLine() shouldContain "stream_create_response"
                }
                server.restart()
                URI("${server.monitorUrl}/jsz").toURL().readText() shouldContain "\"streams\": 1"
            }
        }

        test("a chosen port is used") {
            val free = NatsServerProcess.start().use { it.port }
            NatsServerProcess.start { port = free }.use { it.port shouldBe free }
        }

        test("without a configuration there is no file") {
            NatsServerProcess.start { arguments("--name", "midge") }.use { server ->
                server.configFile.shouldBeNull()
                RawClient(server.port).use { it.info shouldContain "\"server_name\":\"midge\"" }
            }
        }

        test("options that contradict each other are refused") {
            shouldThrow<IllegalArgumentException> {
                NatsServerProcess.start {
                    config = "debug: true"
                    configFile = Path.of("nats.conf")
                }
            }.message shouldContain "choose one"
            shouldThrow<IllegalArgumentException> { NatsServerProcess.start { port = 70_000 } }.message shouldContain "70000"
        }
    })

private const val CONNECT = "CONNECT {\"verbose\":false,\"pedantic\":false}"

private fun RawClient.answerWithin(timeout: Duration): String {
    send("PING")
    return within(timeout) { readLine() }
}
