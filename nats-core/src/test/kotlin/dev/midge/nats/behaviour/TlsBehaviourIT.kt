package dev.midge.nats.behaviour

import io.kotest.core.spec.style.FunSpec

/** Nothing is different for those who use an encrypted connection. */
class TlsBehaviourIT :
    FunSpec({
        val servers = Servers(ServerKind.realByTls("2.15.1"))
        afterSpec { servers.close() }

        messagingBehaviour(servers)
        publishingBehaviour(servers)
        sharedHandlersBehaviour(servers)
        requestBehaviour(servers)
        connectionBehaviour(servers)
        robustnessBehaviour(servers)
    })
