package dev.midge.nats.testing

import javax.net.ssl.SSLContext

/**
 * How an [EmbeddedNatsServer] speaks TLS. Immutable.
 *
 * @property context has the server's key and certificate, and the authorities that clients' certificates must come from.
 * @property mode when TLS begins, and whether it must.
 * @property needsClientCertificate whether a client without a certificate of these authorities is refused (`verify: true` of a real
 * server).
 */
public class EmbeddedServerTls
@JvmOverloads
constructor(
    public val context: SSLContext,
    public val mode: Mode = Mode.REQUIRED,
    public val needsClientCertificate: Boolean = false,
) {
    /** When TLS begins. */
    public enum class Mode {
        /** After INFO, which says `tls_required`. A client that goes on in plain text is cut off. */
        REQUIRED,

        /** After INFO, which says `tls_available`, if the client begins with it; else plain text (`allow_non_tls: true`). */
        AVAILABLE,

        /** Before INFO (`handshake_first: true`, nats-server 2.10.4). A client that waits for INFO is cut off after 2 s. */
        HANDSHAKE_FIRST,
    }
}
