package dev.midge.nats.serialization.behaviour

import dev.midge.nats.testing.EmbeddedNatsServer
import io.kotest.core.spec.style.FunSpec

class EmbeddedTypedSpec :
    FunSpec({
        val server = EmbeddedNatsServer.start()
        afterSpec { server.close() }

        publishSubscribeBehaviour(server::url)
        requestReplyBehaviour(server::url)
        undecodableBehaviour(server::url)
        inlineTypedBehaviour(server::url)
    })
