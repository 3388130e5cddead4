package dev.midge.nats.internal.connection

import dev.midge.nats.AuthenticationException
import dev.midge.nats.ConnectionLostException
import dev.midge.nats.NatsEvent
import dev.midge.nats.NatsException
import dev.midge.nats.PermissionViolationException
import dev.midge.nats.ServerErrorException
import dev.midge.nats.internal.inbound.ControlHandler

/** Handles what a server says of the connection once it has let the client in. */
internal class ControlOperations(private val session: Session, private val supervisor: ConnectionSupervisor) : ControlHandler {
    private val server = session.link.server
    private var isLameDuck = false

    /** The last `-ERR` that belonged to no call: if the server closes the connection next, it says why. What goes on has got over it. */
    @Volatile
    private var lastError: String? = null

    override fun onInfo(json: String) {
        lastError = null
        val info = ServerInfoCodec.decode(json)
        session.link.parser.limits.raisePayload(PayloadLimit.of(supervisor.options.buffers, info.maxPayload))
        supervisor.onServerInfo(session, info)
        if (info.lameDuck && !isLameDuck) {
            isLameDuck = true
            supervisor.onLameDuck(session)
        }
    }

    override fun onPing() {
        lastError = null
        // Before it is given a lane, the link is not in use.
        session.lane?.let(supervisor.outbound::appendPong)
    }

    override fun onPong() {
        lastError = null
        session.onPong()
    }

    override fun onError(error: String) {
        supervisor.log.warn("{} reports an error: {}", server, error)
        val refusal = ServerErrors.namedRefusal(error)
        if (refusal == null) {
            supervisor.events.tell(NatsEvent.ServerError(error))
            if (ServerErrors.isUnnamedRefusal(error)) session.refusals.onUnnamed(error) else lastError = error
            return
        }
        val violation = refusal.violation
        supervisor.events.tell(NatsEvent.PermissionViolation(violation))
        when (violation.operation) {
            PermissionViolationException.Operation.SUBSCRIBE -> supervisor.registry.refuse(refusal)
            PermissionViolationException.Operation.PUBLISH -> supervisor.onPublishRefused(violation)
        }
    }

    /** A server says why it is about to close the connection. */
    fun explain(cause: NatsException): NatsException {
        val error = lastError
        if (error == null || cause !is ConnectionLostException) return cause
        val refusal = ServerErrors.refusal(error)
        if (refusal != null) return AuthenticationException("the server $server ended the connection: $error", reason = refusal)
        return ConnectionLostException("${cause.message}; the server's last error: $error", ServerErrorException(error))
    }
}
