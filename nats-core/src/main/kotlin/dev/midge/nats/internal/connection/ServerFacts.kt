package dev.midge.nats.internal.connection

import dev.midge.nats.ServerInfo
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow

/** What the server in use has said of itself. Written under the supervisor's lock, read by every publish. */
internal class ServerFacts {
    private val latest = MutableStateFlow<ServerInfo?>(null)

    /** All of it; `null` before the first connect. */
    val info: StateFlow<ServerInfo?> = latest

    /** The limit on payload and headers of a message. */
    @Volatile
    var maxPayload: Long = ServerInfo.DEFAULT_MAX_PAYLOAD
        private set

    /** Whether the server takes headers. */
    @Volatile
    var takesHeaders: Boolean = true
        private set

    fun update(info: ServerInfo) {
        maxPayload = info.maxPayload
        takesHeaders = info.headers
        latest.value = info
    }
}
