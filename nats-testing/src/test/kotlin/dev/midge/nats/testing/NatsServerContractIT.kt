package dev.midge.nats.testing

import dev.midge.nats.testing.contract.HASH_OF_P
import dev.midge.nats.testing.contract.Login
import dev.midge.nats.testing.contract.ServerContract
import dev.midge.nats.testing.contract.ServerUnderTest

/** Proves the contract itself: what the embedded server is held to is what the server does that it stands for. */
class NatsServer210ContractIT : ServerContract({ realServer("2.10.27", it) })

/** And that it has not changed since. */
class NatsServer215ContractIT : ServerContract({ realServer("2.15.1", it) })

private fun realServer(version: String, login: Login): ServerUnderTest {
    val server =
        NatsServerProcess.start {
            this.version = version
            when (login) {
                Login.NONE -> Unit
                Login.USER -> arguments("--user", "u", "--pass", "p")
                Login.TOKEN -> arguments("--auth", "s3cr3t")
                Login.HASHED_USER -> arguments("--user", "u", "--pass", HASH_OF_P)
                Login.HASHED_TOKEN -> arguments("--auth", HASH_OF_P)
            }
        }
    return ServerUnderTest(server.port, server)
}
