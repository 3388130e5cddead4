package dev.midge.nats

import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/**
 * What happens when the connection to a server is lost (ADR-40).
 *
 * The server that was lost is left alone for [wait]; another one of the list is tried at once. Each server that does not let the client in
 * is left alone in its turn, so that no server is tried more often than [wait] says. One that lets the client in and ends the connection
 * within a second, when that had been lost before, counts as one that does not.
 *
 * @property wait how long a server is left alone after it failed.
 * @property jitter by how much, at most, each wait is lengthened at random, so that many clients do not come back at the same moment.
 * @property jitterTls the same where TLS is spoken, whose handshakes cost a server more.
 * @property multiplier by what [wait] grows with each further failure of the same server; 1 leaves it as it is.
 * @property maxWait what [wait] grows to at most.
 * @property maxReconnects how many attempts in a row may fail at a server before it is not tried again; when no server is left the
 *   connection is closed. -1 never gives up, 0 never reconnects.
 * @property retryFirstConnect whether the first connect is retried in the same way, instead of failing once every server was tried.
 * @property ignoreDiscoveredServers whether only the servers given in the options are used, and not those of the cluster that a server names.
 * @property ignoreAuthErrors whether to go on trying when the same server has refused the credentials for the same reason twice in a row,
 *   instead of closing the connection.
 * @property whileDisconnected what becomes of publishes until the connection is back.
 * @property failRequests whether requests that wait for a reply fail at once when the connection is lost. Otherwise they wait on until
 *   their timeout: a reply that is sent after the connection is back still arrives.
 * @property delay replaces [wait], [jitter] and [multiplier]: called with the number of attempts in a row that failed at a server (0 for the
 *   one whose connection was lost), returns how long that server is left alone.
 * @property selectServer chooses the next server to try, by returning one of those that it is given; `null` leaves the choice to Midge.
 */
public data class ReconnectOptions(
    public val wait: Duration = 2.seconds,
    public val jitter: Duration = 100.milliseconds,
    public val jitterTls: Duration = 1.seconds,
    public val multiplier: Double = 1.0,
    public val maxWait: Duration = 30.seconds,
    public val maxReconnects: Int = -1,
    public val retryFirstConnect: Boolean = false,
    public val ignoreDiscoveredServers: Boolean = false,
    public val ignoreAuthErrors: Boolean = false,
    public val whileDisconnected: WhileDisconnected = WhileDisconnected.Buffer(),
    public val failRequests: Boolean = false,
    public val delay: ((failures: Int) -> Duration)? = null,
    public val selectServer: ((servers: List<ServerCandidate>) -> ServerCandidate?)? = null,
) {
    /** How many bytes may wait while there is no connection, or `null` if nothing is taken then. */
    internal val bufferedBytes: Int?
        get() = (whileDisconnected as? WhileDisconnected.Buffer)?.bytes

    init {
        listOf("wait" to wait, "jitter" to jitter, "jitterTls" to jitterTls, "maxWait" to maxWait).forEach { (name, value) ->
            require(!value.isNegative()) { "reconnect.$name is $value; it cannot be negative" }
        }
        require(multiplier >= 1.0) { "reconnect.multiplier is $multiplier; it has to be 1 or more" }
        require(maxReconnects >= -1) { "reconnect.maxReconnects is $maxReconnects; -1 never gives up, 0 never reconnects" }
    }
}

/** What becomes of publishes while the connection is being re-established. */
public sealed class WhileDisconnected {
    /**
     * They are taken, and sent in order once the connection is back, until [bytes] wait; then publishers suspend. Counted to the byte, with
     * what was waiting when the connection was lost.
     */
    public data class Buffer(public val bytes: Int = 8 * 1024 * 1024) : WhileDisconnected() {
        init {
            require(bytes >= 0) { "WhileDisconnected.Buffer($bytes): the number of bytes cannot be negative" }
        }
    }

    /** Publishers suspend until the connection is back, and fail with [NotConnectedException] after [timeout]. */
    public data class Suspend(public val timeout: Duration) : WhileDisconnected() {
        init {
            require(timeout.isPositive()) { "WhileDisconnected.Suspend($timeout): the timeout has to be more than zero" }
        }
    }

    /** Publishing fails with [NotConnectedException]. */
    public data object Fail : WhileDisconnected()
}

/**
 * A server that may be tried next, as [ReconnectOptions.selectServer] sees it.
 *
 * @property url where it listens, without credentials.
 * @property isDiscovered whether a server of the cluster named it; otherwise it stands in the options.
 * @property failures how many attempts in a row have failed there.
 * @property delay how long it will be left alone yet.
 */
public data class ServerCandidate(
    public val url: String,
    public val isDiscovered: Boolean,
    public val failures: Int,
    public val delay: Duration,
)

/**
 * Where the next attempt goes, as [NatsOptions.onConnecting] sees it.
 *
 * @property url the server that was chosen, without credentials; the scheme tells whether it is reached by TCP, TLS or WebSocket.
 * @property host the name or address to connect to. The name that a TLS certificate has to carry stays that of [url].
 * @property port the port to connect to.
 */
public data class ConnectTarget(public val url: String, public val host: String, public val port: Int)
