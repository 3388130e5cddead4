package dev.midge.nats.bench.client

import javax.net.ssl.SSLContext

/** The server to connect to: by TLS if there is an [sslContext], which trusts it. */
class Target(val url: String, val sslContext: SSLContext? = null)
