package dev.midge.nats.behaviour

import io.kotest.core.spec.style.FunSpec

class EmbeddedBehaviourSpec :
    FunSpec({
        val servers = Servers(ServerKind.embedded)
        afterSpec { servers.close() }

        messagingBehaviour(servers)
        publishingBehaviour(servers)
        sharedHandlersBehaviour(servers)
        handlerBehaviour(servers)
        borrowedBehaviour(servers)
        requestBehaviour(servers)
        oddSubjectsBehaviour(servers)
        connectionBehaviour(servers)
        robustnessBehaviour(servers)
    })
