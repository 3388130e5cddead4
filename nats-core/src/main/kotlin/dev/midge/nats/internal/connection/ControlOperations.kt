package dev.midge.nats.internal.connection

import dev.midge.nats.AuthenticationException
import dev.midge.nats.ConnectionLostException
import dev.midge.nats.NatsEvent
import dev.midge.nats.NatsException
import dev.midge.nats.PermissionViolationException
import dev.midge.nats.ProtocolException
import dev.midge.nats.ServerErrorException
import dev.midge.nats.ServerInfo
import dev.midge.nats.internal.inbound.ControlHandler

/** Handles what a server says of the connection once it has let the client in. */
internal class ControlOperations(private val session: Session, private val supervisor: ConnectionSupervisor) : ControlHandler {
    private val server = session.link.server

    /** Set by the reader, and where the session begins before it. */
    @Volatile
    private var isLameDuck = false

    /** The last `-ERR` that belonged to no call: if the server closes the connection next, it says why. What goes on has got over it. */
    @Volatile
    private var lastError: String? = null

    /** The session is in use; its server may have said of itself at once that it is about to shut down, and says so no second time. */
    fun begin() {
        leaveLameDuck(session.link.info)
    }

    override fun onInfo(json: String) {
        lastError = null
        val info = ServerInfoCodec.decode(json)
        session.link.parser.limits.raisePayload(PayloadLimit.of(supervisor.options.buffers, info.maxPayload))
        supervisor.onServerInfo(session, info)
        leaveLameDuck(info)
    }

    private fun leaveLameDuck(info: ServerInfo) {
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

    override fun shown(error: String): String = session.link.secrets.mask(error)

    override fun onError(error: String) {
        val shown = shown(error)
        supervisor.log.warn("{} reports an error: {}", server, shown)
        val refusal = ServerErrors.namedRefusal(error)
        if (refusal == null) {
            supervisor.events.tell(NatsEvent.ServerError(shown))
            if (ServerErrors.isUnnamedRefusal(error)) session.refusals.onUnnamed(shown) else lastError = error
            return
        }
        val violation = refusal.violation
        // What it names reaches only calls that name the same.
        supervisor.events.tell(NatsEvent.PermissionViolation(ServerErrors.permissionViolation(shown) ?: violation))
        when (violation.operation) {
            PermissionViolationException.Operation.SUBSCRIBE -> supervisor.registry.refuse(refusal)
            PermissionViolationException.Operation.PUBLISH -> supervisor.listener.onPublishRefused(violation)
        }
    }

    /** A server says why it is about to close the connection. */
    fun explain(cause: NatsException): NatsException {
        val error = lastError
        if (cause is ProtocolException) return session.link.secrets.mask(cause)
        if (error == null || cause !is ConnectionLostException) return cause
        val shown = shown(error)
        val refusal = ServerErrors.refusal(error)
        if (refusal != null) return AuthenticationException("the server $server ended the connection: $shown", reason = refusal)
        return ConnectionLostException("${cause.message}; the server's last error: $shown", ServerErrorException(shown))
    }
}
