package dev.midge.nats.testing

import dev.midge.nats.testing.fixtures.RawClient
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import org.testcontainers.DockerClientFactory
import java.net.URI

/** The only spec that may be skipped: where no Docker engine answers, there is nothing to run a container in. */
class NatsServerContainerIT :
    FunSpec({
        val hasDocker = DockerClientFactory.instance().isDockerAvailable

        test("a server in a container asks for its token and has JetStream").config(enabled = hasDocker) {
            NatsServerContainer().withToken("secret").withJetStream().use { server ->
                server.start()
                RawClient(URI(server.url).port).use { client ->
                    client.info shouldContain "\"auth_required\":true"
                    client.info shouldContain "\"jetstream\":true"
                    client.send("CONNECT {\"auth_token\":\"secret\"}")
                    client.readLine() shouldBe "+OK"
                }
            }
        }
    })
