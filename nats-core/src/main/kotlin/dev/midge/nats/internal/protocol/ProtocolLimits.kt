package dev.midge.nats.internal.protocol

/**
 * What a server may make the client hold in memory. Checked before anything is allocated; of a size within them only a first 64 KiB is
 * allocated before the bytes themselves arrive, and all of it only when an eighth has. Not thread-safe: of the parser's reader alone.
 *
 * @property headers the most header bytes of one message.
 */
internal class ProtocolLimits(payload: Int, val headers: Int = DEFAULT_HEADERS) {
    /** The most header and payload bytes of one message. */
    var payload: Int = payload
        private set

    /** More is allowed from now on, not less: what was allowed may be on its way. */
    fun raisePayload(to: Int) {
        payload = maxOf(payload, to)
    }

    companion object {
        /** MSG, HMSG and -ERR lines. Servers limit theirs to 4 KiB by default; some are configured for more. */
        const val CONTROL_LINE: Int = 64 * 1024

        /** INFO lists the servers of a cluster: a thousand long names fit. */
        const val INFO_LINE: Int = 256 * 1024

        /** A header block is metadata; this is far above what any server configuration sees in practice. */
        const val DEFAULT_HEADERS: Int = 16 * 1024 * 1024
    }
}
