package dev.midge.nats.websocket

import dev.midge.nats.behaviour.ServerKind
import dev.midge.nats.behaviour.Servers
import dev.midge.nats.behaviour.connectionBehaviour
import dev.midge.nats.behaviour.messagingBehaviour
import dev.midge.nats.behaviour.publishingBehaviour
import dev.midge.nats.behaviour.requestBehaviour
import dev.midge.nats.behaviour.robustnessBehaviour
import dev.midge.nats.behaviour.sharedHandlersBehaviour
import io.kotest.core.spec.style.FunSpec

/** Nothing is different for those who reach a server by WebSocket. */
class WebSocketBehaviourIT :
    FunSpec({
        val kinds = VERSIONS.map { byWebSocket(it) } + byWebSocket(NEWEST, isEncrypted = true) + byWebSocket(NEWEST, isCompressed = true)
        kinds.forEach { everything(it) }
    })

private fun FunSpec.everything(kind: ServerKind) {
    val servers = Servers(kind)
    afterSpec { servers.close() }

    messagingBehaviour(servers)
    publishingBehaviour(servers)
    sharedHandlersBehaviour(servers)
    requestBehaviour(servers)
    connectionBehaviour(servers)
    robustnessBehaviour(servers)
}
