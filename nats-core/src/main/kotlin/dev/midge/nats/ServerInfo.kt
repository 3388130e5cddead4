package dev.midge.nats

/**
 * What the server says of itself in INFO. Fields that it left out have the defaults of the protocol.
 *
 * Source: NATS client protocol, "INFO".
 */
public data class ServerInfo(
    /** The unique id of the server. */
    public val serverId: String = "",
    /** The configured name of the server. */
    public val serverName: String = "",
    /** The version of the server. */
    public val version: String = "",
    /** The protocol level: 1 or more sends INFO also after connecting. */
    public val protocol: Int = 0,
    /** The host that the server listens on, as configured. */
    public val host: String = "",
    /** The port that the server listens on. */
    public val port: Int = 0,
    /**
     * Whether headers are supported, as by servers from 2.2 on unless they run with `no_header_support`. Without them messages and requests
     * work, what has headers is refused ([HeadersNotSupportedException]), a request that nobody answers ends with its timeout, and a
     * handler that fails does not answer.
     */
    public val headers: Boolean = false,
    /** The most payload and header bytes that the server takes in one message. */
    public val maxPayload: Long = DEFAULT_MAX_PAYLOAD,
    /** Whether credentials are needed. */
    public val authRequired: Boolean = false,
    /** Whether TLS is needed. */
    public val tlsRequired: Boolean = false,
    /** Whether TLS is offered. */
    public val tlsAvailable: Boolean = false,
    /** The id of this client on the server, as in its monitoring pages. */
    public val clientId: Long = 0,
    /** The client's address as the server sees it. */
    public val clientIp: String = "",
    /** The cluster's name. */
    public val cluster: String = "",
    /** The other servers of the cluster, as `host:port`. */
    public val connectUrls: List<String> = emptyList(),
    /** Whether the server is about to shut down. */
    public val lameDuck: Boolean = false,
    /** Whether JetStream is enabled. */
    public val jetStream: Boolean = false,
    /** What an authenticator has to sign, or an empty string. */
    public val nonce: String = "",
) {
    /** The protocol's defaults. */
    public companion object {
        /** What servers take unless they say otherwise: 1 MiB. */
        public const val DEFAULT_MAX_PAYLOAD: Long = 1024L * 1024
    }
}
