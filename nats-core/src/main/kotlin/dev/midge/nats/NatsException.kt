package dev.midge.nats

import kotlin.time.Duration
import kotlin.time.toJavaDuration
import java.time.Duration as JavaDuration

/**
 * The root of everything that Midge throws for a reason of its own. Unchecked.
 *
 * Two things never appear as one: a programmer's `IllegalArgumentException` or `IllegalStateException`, and the `CancellationException` of
 * the caller's own coroutine, which is never wrapped.
 *
 * @property message what was wrong, and what to do about it where that is known.
 */
// The message has a field of its own: kotlinx.coroutines' debug mode replaces exceptions without fields by copies with another cause.
public abstract class NatsException(override val message: String, cause: Throwable? = null) : RuntimeException(message, cause)

/** Every exception of the core client. A later version may have more of them: give a `when` over it an `else`. */
public sealed class NatsCoreException(message: String, cause: Throwable? = null) : NatsException(message, cause)

/**
 * No server of the list let the client in. The connection is closed as before and may be tried again.
 *
 * Each server's own failure is among the [suppressed][Throwable.getSuppressed] exceptions; the last one is the cause.
 */
public class ConnectFailedException(message: String, cause: Throwable?) : NatsCoreException(message, cause)

/**
 * A server refused the credentials, or there were none to show it.
 *
 * @property reason what was wrong with them.
 */
public class AuthenticationException(
    message: String,
    cause: Throwable? = null,
    @get:JvmName("reason") public val reason: Reason = Reason.REFUSED,
) : NatsCoreException(message, cause) {
    /** What can be wrong with credentials. */
    public enum class Reason {
        /** The server does not know them, or asks for some where none were given. */
        REFUSED,

        /** The user's or the account's JWT has expired. The next attempt may have a newer one. */
        EXPIRED,

        /** The user's JWT was revoked. */
        REVOKED,

        /**
         * The client has nothing to show, and sent nothing: a supplier or an authenticator failed, a file cannot be read, a seed is not valid,
         * or the server sent nothing to sign.
         */
        UNAVAILABLE,
    }
}

/**
 * No encrypted connection to a server that is what it says it is. Nothing but the TLS handshake was sent: no credentials, no messages.
 *
 * @property reason what was wrong, for programs; the message says it for people, with what to do.
 */
public class TlsException(@get:JvmName("reason") public val reason: Reason, message: String, cause: Throwable? = null) :
    NatsCoreException(message, cause) {
    /** What can be wrong with TLS. */
    public enum class Reason {
        /** The server offers no TLS, and the client was told to use nothing else. */
        NOT_OFFERED,

        /** The server, or somebody on the way to it, speaks plain text where TLS has to begin. */
        PLAIN_TEXT,

        /** A certificate of the server is not valid any more, or not yet. */
        EXPIRED,

        /** The certificate is not one for the host name or address of the server's URL. */
        WRONG_NAME,

        /** No trusted authority has issued the server's certificate; it may be self-signed. */
        UNKNOWN_ISSUER,

        /** The server asks for a client certificate and none is configured. */
        CLIENT_CERTIFICATE_REQUIRED,

        /** The server does not accept the client's certificate, or names authorities that did not issue it. */
        CLIENT_CERTIFICATE_REFUSED,

        /** Client and server have no version of TLS in common. */
        PROTOCOL_VERSION,

        /** A file of [TlsOptions] cannot be read, or what it holds cannot be used. */
        CONFIGURATION,

        /** Anything else; see the cause. */
        HANDSHAKE,
    }
}

/**
 * A server, or the proxy on the way to it, has answered the HTTP request that opens a WebSocket, but not by opening one.
 *
 * @property status the HTTP status code of the answer.
 */
public class WebSocketRefusedException(@get:JvmName("status") public val status: Int, message: String) : NatsCoreException(message)

/** The connection was closed, by [NatsConnection.close], [NatsConnection.drain] or for good by the loss that is the [cause]. */
public class ConnectionClosedException(message: String, cause: Throwable? = null) : NatsCoreException(message, cause)

/** The socket to the server broke, or the server ended the connection. What was under way may or may not have arrived. */
public class ConnectionLostException(message: String, cause: Throwable? = null) : NatsCoreException(message, cause)

/** The connection to the server was lost and is not back yet, and [ReconnectOptions.whileDisconnected] does not let the call wait longer. */
public class NotConnectedException(message: String, cause: Throwable? = null) : NatsCoreException(message, cause)

/** The connection is draining: it hands over what it has and takes nothing new. */
public class ConnectionDrainingException(message: String) : NatsCoreException(message)

/** The server sent bytes that are not the NATS protocol, or more than the limits allow. The connection to it is ended. */
public class ProtocolException(message: String) : NatsCoreException(message)

/**
 * The server answered `-ERR`.
 *
 * @property error the server's own words, without quotes.
 */
public class ServerErrorException(@get:JvmName("error") public val error: String) :
    NatsCoreException("the server reported an error: $error")

/**
 * The server does not permit the user to publish or subscribe to [subject].
 *
 * @property subject what was refused.
 * @property operation what was tried.
 * @property queueGroup the queue group of a refused subscription, or `null`.
 */
public class PermissionViolationException(
    @get:JvmName("subject") public val subject: String,
    @get:JvmName("operation") public val operation: Operation,
    @get:JvmName("queueGroup") public val queueGroup: String? = null,
) : NatsCoreException(
    "the server does not permit this user to ${operation.name.lowercase()} to '$subject'" +
        queueGroup?.let { " in the queue group '$it'" }.orEmpty(),
) {
    /** What a permission is about. */
    public enum class Operation { PUBLISH, SUBSCRIBE }
}

/**
 * The server does not take a subscription for another reason than permissions: one more would be over the limit of the connection
 * (`max_subscriptions`, or that of the account), for example. It may be tried again when there is room.
 *
 * @property subject what was subscribed to; the inbox of replies if a request fails with it.
 * @property error the server's own words, without quotes.
 * @property queueGroup the queue group of the subscription, or `null`.
 */
public class SubscriptionRefusedException(
    @get:JvmName("subject") public val subject: String,
    @get:JvmName("error") public val error: String,
    @get:JvmName("queueGroup") public val queueGroup: String? = null,
) : NatsCoreException(
    "the server refused the subscription to '$subject'${queueGroup?.let {
        " in the queue group '$it'"
    }.orEmpty()}: $error",
)

/**
 * A text is not a subject, or not one that can be used here.
 *
 * @property subject the text.
 */
public class InvalidSubjectException(@get:JvmName("subject") public val subject: String, reason: String) :
    NatsCoreException("invalid subject '$subject': $reason")

/**
 * A text is not the name of a queue group.
 *
 * @property queueGroup the text.
 */
public class InvalidQueueGroupException(@get:JvmName("queueGroup") public val queueGroup: String, reason: String) :
    NatsCoreException("invalid queue group '$queueGroup': $reason")

/**
 * A header cannot be sent.
 *
 * @property headerName the name of that header.
 */
public class InvalidHeaderException(@get:JvmName("headerName") public val headerName: String, reason: String) :
    NatsCoreException("invalid header '$headerName': $reason")

/** A received header block does not follow ADR-4. */
public class MalformedHeadersException(reason: String) : NatsCoreException("malformed headers: $reason")

/** The server does not take headers (`headers` is false in its INFO), so that none can be sent. */
public class HeadersNotSupportedException :
    NatsCoreException("the server does not support headers; it runs with no_header_support or is older than 2.2")

/**
 * Payload and headers are longer than the server takes. Nothing was sent, the connection lives on.
 *
 * @property size payload and header bytes.
 * @property maxPayload the server's `max_payload`.
 */
public class PayloadTooLargeException(@get:JvmName("size") public val size: Long, @get:JvmName("maxPayload") public val maxPayload: Long) :
    NatsCoreException("payload and headers are $size B, the server takes at most $maxPayload B (max_payload)")

/**
 * Nobody is subscribed to the subject of a request. Known at once, without waiting for the timeout.
 *
 * @property subject where the request went.
 */
public class NoRespondersException(@get:JvmName("subject") public val subject: String) : NatsCoreException("no responders for '$subject'")

/**
 * No reply came in time. The request may have been handled all the same.
 *
 * @property subject where the request went.
 * @property timeout how long it was waited for.
 */
public class RequestTimeoutException(@get:JvmName("subject") public val subject: String, public val timeout: Duration) :
    NatsCoreException("no reply from '$subject' within $timeout") {
    /** The property of the same name, for Java. */
    public fun timeout(): JavaDuration = timeout.toJavaDuration()
}

/**
 * The responder answered with an error (`Nats-Service-Error-Code` and `Nats-Service-Error` headers, ADR-32).
 *
 * A [NatsRequester.respond] handler throws it to choose the code and the words that its caller sees, and what goes with them.
 *
 * @property code the responder's error code; 500 for any other exception of a handler.
 * @property error the responder's description.
 * @property reply the whole reply, or `null` on the responder's side.
 */
public class ServiceErrorException private constructor(
    @get:JvmName("code") public val code: Int,
    @get:JvmName("error") public val error: String,
    @get:JvmName("reply") public val reply: NatsMessage?,
    internal val ownBody: ByteArray,
    internal val ownHeaders: Headers,
) : NatsCoreException("the service answered with error $code: $error") {
    /** An error without a body; [reply] is for whoever received it. */
    @JvmOverloads
    public constructor(code: Int, error: String, reply: NatsMessage? = null) : this(code, error, reply, NO_BODY, Headers.Empty)

    /** An error whose caller gets [body] too, and [headers] beside those that say what it is. Leave the array alone afterwards. */
    public constructor(code: Int, error: String, body: ByteArray, headers: Headers = Headers.Empty) :
        this(code, error, null, body, headers)

    /** What came with the error, or goes with it; empty if nothing does. */
    @get:JvmName("body")
    public val body: ByteArray
        get() = reply?.payload ?: ownBody

    /** The headers of the reply, or those that go with the error. */
    @get:JvmName("headers")
    public val headers: Headers
        get() = reply?.headers ?: ownHeaders

    private companion object {
        val NO_BODY = ByteArray(0)
    }
}

/**
 * The server did not answer PING in time.
 *
 * @property timeout how long it was waited for.
 */
public class FlushTimeoutException(public val timeout: Duration) : NatsCoreException("the server did not answer PING within $timeout") {
    /** The property of the same name, for Java. */
    public fun timeout(): JavaDuration = timeout.toJavaDuration()
}

/**
 * Draining was not done in time. What still waited was discarded.
 *
 * @property timeout how long it was waited for.
 */
public class DrainTimeoutException(message: String, public val timeout: Duration) : NatsCoreException(message) {
    /** The property of the same name, for Java. */
    public fun timeout(): JavaDuration = timeout.toJavaDuration()
}

/**
 * A subscription with [Overflow.Fail] ran over, or the replies of a [NatsRequester.requestMany] had no room any more.
 *
 * @property sid the subscription's id; that of the inbox if it was a request.
 */
public class SlowConsumerException(@get:JvmName("sid") public val sid: Long, message: String) : NatsCoreException(message)

/**
 * Some of [NatsShards] did not do what was asked of all of them; the others have done it.
 *
 * @property failures why, by the name of the shard. The first is the cause.
 */
public class ShardsFailedException internal constructor(
    @get:JvmName("failures") public val failures: Map<String, NatsException>,
    shards: Int,
) : NatsCoreException(
    "${failures.size} of $shards shards failed: " + failures.entries.joinToString { "'${it.key}': ${it.value.message}" },
    failures.values.first(),
)
