package dev.midge.nats.testing.internal.process

import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import java.net.URI
import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.deleteExisting
import kotlin.io.path.readText

/** The ports that a server listens on; [cluster] and [websocket] are `null` where it does not. */
internal class ServerPorts(val client: Int, val monitoring: Int, val cluster: Int?, val websocket: URI?) {
    companion object {
        /** What the server wrote into [directory] (its `--ports_file_dir`); `null` while it has not, or not completely. */
        fun read(directory: Path): ServerPorts? {
            val file = files(directory).firstOrNull() ?: return null
            val listeners =
                try {
                    Json.parseToJsonElement(file.readText()).jsonObject
                } catch (_: SerializationException) {
                    // The server does not write the file in one piece: the rest is on its way.
                    return null
                }
            return ServerPorts(
                client = listeners.port("nats") ?: return null,
                monitoring = listeners.port("monitoring") ?: return null,
                cluster = listeners.port("cluster"),
                websocket = listeners.url("websocket"),
            )
        }

        /** Removes what a killed server left, so that it is not taken for the next one's. */
        fun clear(directory: Path): Unit = files(directory).forEach { it.deleteExisting() }

        private fun files(directory: Path): List<Path> = Files.newDirectoryStream(directory, "*.ports").use { it.toList() }

        private fun JsonObject.port(listener: String): Int? = url(listener)?.port

        private fun JsonObject.url(listener: String): URI? = get(listener)?.jsonArray?.firstOrNull()?.jsonPrimitive?.let { URI(it.content) }
    }
}
