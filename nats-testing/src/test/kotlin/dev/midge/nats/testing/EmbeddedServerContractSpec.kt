package dev.midge.nats.testing

import dev.midge.nats.testing.contract.HASH_OF_P
import dev.midge.nats.testing.contract.Login
import dev.midge.nats.testing.contract.ServerContract
import dev.midge.nats.testing.contract.ServerUnderTest

class EmbeddedServerContractSpec :
    ServerContract({ login ->
        val server =
            EmbeddedNatsServer.start {
                when (login) {
                    Login.NONE -> Unit
                    Login.USER -> user("u", "p")
                    Login.TOKEN -> token("s3cr3t")
                    Login.HASHED_USER -> user("u", HASH_OF_P)
                    Login.HASHED_TOKEN -> token(HASH_OF_P)
                }
            }
        ServerUnderTest(server.port, server)
    })
