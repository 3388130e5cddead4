package dev.midge.nats.behaviour

import io.kotest.core.spec.style.FunSpec

class RealServerBehaviourIT :
    FunSpec({
        for (version in listOf("2.9.10", "2.10.27", "2.15.1")) {
            val servers = Servers(ServerKind.real(version))
            afterSpec { servers.close() }

            messagingBehaviour(servers)
            publishingBehaviour(servers)
            sharedHandlersBehaviour(servers)
            handlerBehaviour(servers)
            borrowedBehaviour(servers)
            requestBehaviour(servers)
            oddSubjectsBehaviour(servers)
            connectionBehaviour(servers)
            robustnessBehaviour(servers, connections = if (version == "2.15.1") 2_000 else 300)
        }
    })
