package dev.midge.nats.serialization.behaviour

import dev.midge.nats.testing.NatsServerProcess
import io.kotest.core.spec.style.FunSpec

class RealServerTypedIT :
    FunSpec({
        val server = NatsServerProcess.start { version = "2.15.1" }
        afterSpec { server.close() }

        publishSubscribeBehaviour(server::url)
        requestReplyBehaviour(server::url)
        undecodableBehaviour(server::url)
        inlineTypedBehaviour(server::url)
    })
