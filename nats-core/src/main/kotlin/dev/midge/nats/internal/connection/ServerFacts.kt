package dev.midge.nats.internal.connection

import dev.midge.nats.ServerInfo
import dev.midge.nats.internal.outbound.ServerLimits
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow

/** What the server in use has said of itself. Written under the supervisor's lock, read by every publish. */
internal class ServerFacts {
    private val latest = MutableStateFlow<ServerInfo?>(null)

    /** All of it; `null` before the first connect. */
    val info: StateFlow<ServerInfo?> = latest

    /** What it takes of a message. */
    @Volatile
    var limits: ServerLimits = ServerLimits(ServerInfo.DEFAULT_MAX_PAYLOAD, takesHeaders = true)
        private set

    fun update(info: ServerInfo) {
        val now = ServerLimits(info.maxPayload, info.headers)
        if (!now.isSame(limits)) limits = now
        latest.value = info
    }
}
