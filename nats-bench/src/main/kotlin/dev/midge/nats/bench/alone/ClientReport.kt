package dev.midge.nats.bench.alone

import dev.midge.nats.bench.report.Machine
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.Json

/** What `client --json` writes and `report` reads. */
@Serializable
data class ClientReport(val results: List<ClientResult>, val machine: Machine, val versions: Map<String, String>) {
    fun toJson(): String = format.encodeToString(serializer(), this)

    companion object {
        private val format = Json { prettyPrint = true }

        fun parse(json: String): ClientReport = Json.decodeFromString(serializer(), json)
    }
}
