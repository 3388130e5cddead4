package dev.midge.nats.bench.client

import javax.net.ssl.SSLContext

/**
 * The server to connect to: by TLS if there is an [sslContext], which trusts it.
 *
 * @property orders where a null server takes orders: in plain text, whatever the client itself speaks.
 */
class Target(val url: String, val sslContext: SSLContext? = null, val orders: String = url)
