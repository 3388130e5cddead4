package dev.midge.nats

import dev.midge.nats.internal.values.Parts

/**
 * What the server says of itself in INFO. Fields that it left out have the defaults of the protocol. Immutable.
 *
 * Source: NATS client protocol, "INFO".
 */
public class ServerInfo internal constructor(
    /** The unique id of the server. */
    @get:JvmName("serverId") public val serverId: String = "",
    /** The configured name of the server. */
    @get:JvmName("serverName") public val serverName: String = "",
    /** The version of the server. */
    @get:JvmName("version") public val version: String = "",
    /** The protocol level: 1 or more sends INFO also after connecting. */
    @get:JvmName("protocol") public val protocol: Int = 0,
    /** The host that the server listens on, as configured. */
    @get:JvmName("host") public val host: String = "",
    /** The port that the server listens on. */
    @get:JvmName("port") public val port: Int = 0,
    /**
     * Whether headers are supported, as by servers from 2.2 on unless they run with `no_header_support`. Without them messages and requests
     * work, what has headers is refused ([HeadersNotSupportedException]), a request that nobody answers ends with its timeout, and a
     * handler that fails does not answer.
     */
    @get:JvmName("headers") public val headers: Boolean = false,
    /** The most payload and header bytes that the server takes in one message. */
    @get:JvmName("maxPayload") public val maxPayload: Long = DEFAULT_MAX_PAYLOAD,
    /** Whether credentials are needed. */
    @get:JvmName("authRequired") public val authRequired: Boolean = false,
    /** Whether TLS is needed. */
    @get:JvmName("tlsRequired") public val tlsRequired: Boolean = false,
    /** Whether TLS is offered. */
    @get:JvmName("tlsAvailable") public val tlsAvailable: Boolean = false,
    /** The id of this client on the server, as in its monitoring pages. */
    @get:JvmName("clientId") public val clientId: Long = 0,
    /** The client's address as the server sees it. */
    @get:JvmName("clientIp") public val clientIp: String = "",
    /** The cluster's name. */
    @get:JvmName("cluster") public val cluster: String = "",
    /** The other servers of the cluster, as `host:port`. */
    @get:JvmName("connectUrls") public val connectUrls: List<String> = emptyList(),
    /** Whether the server is about to shut down. */
    @get:JvmName("lameDuck") public val lameDuck: Boolean = false,
    /** Whether JetStream is enabled. */
    @get:JvmName("jetStream") public val jetStream: Boolean = false,
    /** What an authenticator has to sign, or an empty string. */
    @get:JvmName("nonce") public val nonce: String = "",
) {
    private val parts: Parts
        get() = Parts(
            "ServerInfo",
            "serverId" to serverId,
            "serverName" to serverName,
            "version" to version,
            "protocol" to protocol,
            "host" to host,
            "port" to port,
            "headers" to headers,
            "maxPayload" to maxPayload,
            "authRequired" to authRequired,
            "tlsRequired" to tlsRequired,
            "tlsAvailable" to tlsAvailable,
            "clientId" to clientId,
            "clientIp" to clientIp,
            "cluster" to cluster,
            "connectUrls" to connectUrls,
            "lameDuck" to lameDuck,
            "jetStream" to jetStream,
            "nonce" to nonce,
        )

    override fun equals(other: Any?): Boolean = other is ServerInfo && parts == other.parts

    override fun hashCode(): Int = parts.hashCode()

    override fun toString(): String = parts.toString()

    /** The protocol's defaults. */
    public companion object {
        /** What servers take unless they say otherwise: 1 MiB. */
        public const val DEFAULT_MAX_PAYLOAD: Long = 1024L * 1024
    }
}
