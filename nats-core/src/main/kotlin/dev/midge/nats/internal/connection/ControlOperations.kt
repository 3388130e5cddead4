package dev.midge.nats.internal.connection

import dev.midge.nats.NatsEvent
import dev.midge.nats.PermissionViolationException
import dev.midge.nats.ServerInfo
import dev.midge.nats.internal.inbound.ControlHandler
import dev.midge.nats.internal.outbound.OutboundBuffer
import org.slf4j.Logger

/** Handles what a server says of the connection once it has let the client in. */
internal class ControlOperations(
    private val server: ServerAddress,
    private val outbound: OutboundBuffer,
    private val pongs: PongQueue,
    private val registry: SubscriptionRegistry,
    private val events: EventBus,
    private val log: Logger,
    private val onServerInfo: (ServerInfo) -> Unit,
    private val onPublishRefused: (PermissionViolationException) -> Unit,
) : ControlHandler {
    /** The last `-ERR` that belonged to no call: if the server closes the connection next, it says why. */
    @Volatile
    var lastError: String? = null
        private set

    override fun onInfo(json: String) {
        val info = ServerInfoCodec.decode(json)
        onServerInfo(info)
        if (info.lameDuck) {
            log.warn("{} is about to shut down", server)
            events.tell(NatsEvent.LameDuck(server.url))
        }
    }

    override fun onPing() {
        outbound.appendPong()
    }

    override fun onPong() {
        pongs.onPong()
    }

    override fun onError(error: String) {
        log.warn("{} reports an error: {}", server, error)
        val violation = ServerErrors.permissionViolation(error)
        if (violation == null) {
            lastError = error
            events.tell(NatsEvent.ServerError(error))
            return
        }
        events.tell(NatsEvent.PermissionViolation(violation))
        when (violation.operation) {
            PermissionViolationException.Operation.SUBSCRIBE -> registry.refuse(violation)
            PermissionViolationException.Operation.PUBLISH -> onPublishRefused(violation)
        }
    }
}
