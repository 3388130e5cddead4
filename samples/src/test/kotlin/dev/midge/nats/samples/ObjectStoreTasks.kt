package dev.midge.nats.samples

import dev.midge.nats.Nats
import dev.midge.nats.jetstream.JetStream
import dev.midge.nats.jetstream.jetStream
import dev.midge.nats.objectstore.ObjectChangedException
import dev.midge.nats.objectstore.ObjectEvent
import dev.midge.nats.objectstore.ObjectInfo
import dev.midge.nats.objectstore.ObjectNotFoundException
import dev.midge.nats.objectstore.ObjectReadException
import dev.midge.nats.objectstore.ObjectStore
import dev.midge.nats.objectstore.PutOptions
import dev.midge.nats.objectstore.createObjectStore
import dev.midge.nats.objectstore.objectStore
import dev.midge.nats.objectstore.objectStoreNames
import dev.midge.nats.objectstore.updateObjectStore
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import java.nio.file.Path
import java.security.MessageDigest
import java.util.concurrent.ConcurrentLinkedQueue
import kotlin.time.Duration.Companion.days

// The Kotlin half of docs/object-store.md, line for line; java/ObjectStoreTasks.java is the other. ObjectStoreGuideSpec compares and runs them.

internal class ObjectStoreTasks(private val nats: Nats) {
    private val js: JetStream = nats.jetStream()
    private val store: ObjectStore = js.objectStore("assets")
    val told = ArrayList<Long>()
    val seen = ConcurrentLinkedQueue<String>()

    suspend fun create(): ObjectStore {
        // snippet: create
        val js = nats.jetStream()
        val store = js.createObjectStore("assets") {
            description = "what the shop shows"
            timeToLive = 30.days
        }
        // end
        return store
    }

    suspend fun put(bytes: ByteArray): ObjectInfo {
        // snippet: put
        val info = store.put("logo.png", bytes)
        check(info.size == bytes.size.toLong())
        // end
        return info
    }

    suspend fun putFile(file: Path): ObjectInfo {
        // snippet: file
        val options = PutOptions {
            description = "the film of the spring sale"
            metadata = mapOf("type" to "video/mp4")
            onProgress { stored -> told += stored }
        }
        val info = store.put("films/spring sale.mp4", file, options)
        // end
        return info
    }

    suspend fun putFlow(pieces: Flow<ByteArray>): ObjectInfo {
        // snippet: flow
        val info = store.put("measurements", pieces) // pieces of any size, collected as there is room for them
        // end
        return info
    }

    suspend fun get(file: Path): ByteArray {
        val digest = MessageDigest.getInstance("SHA-1")
        // snippet: get
        val bytes = store.get("logo.png").bytes()
        val film = store.get("films/spring sale.mp4")
        film.writeTo(file)
        film.chunks().collect { digest.update(it) }
        // end
        return bytes
    }

    suspend fun lines(): List<String> {
        // snippet: stream
        val lines = withContext(Dispatchers.IO) {
            // it blocks as every InputStream does
            store.get("measurements").inputStream().bufferedReader().use { it.readLines() }
        }
        // end
        return lines
    }

    suspend fun failures(name: String): String {
        // snippet: failures
        val outcome = try {
            "${store.get(name).bytes().size} bytes"
        } catch (e: ObjectNotFoundException) {
            "there is no ${e.name}"
        } catch (e: ObjectChangedException) {
            "somebody has just put another ${e.name}"
        } catch (e: ObjectReadException) {
            "it is damaged: ${e.message}"
        }
        // end
        return outcome
    }

    suspend fun list(): List<String> {
        // snippet: list
        val names = store.list().toList().map { it.name }
        val isThere = store.info("logo.png") != null
        // end
        check(isThere)
        return names
    }

    fun CoroutineScope.watch(): Job {
        // snippet: watch
        val watching = launch {
            store.watch().collect { event ->
                when (event) {
                    is ObjectEvent.Put -> seen += "put ${event.info.name}"
                    is ObjectEvent.Deleted -> seen += "deleted ${event.info.name}"
                    ObjectEvent.CaughtUp -> seen += "all that was there"
                }
            }
        }
        // end
        return watching
    }

    suspend fun change() {
        // snippet: change
        store.updateMeta("logo.png") { metadata = mapOf("type" to "image/png") }
        store.updateMeta("logo.png") { name = "logos/2026.png" }
        store.delete("measurements")
        // end
    }

    suspend fun link(): ByteArray {
        // snippet: link
        val current = store.get("logos/2026.png").info
        store.addLink("logo", current)
        val bytes = store.get("logo").bytes() // those of logos/2026.png
        // end
        return bytes
    }

    suspend fun manage(): List<String> {
        // snippet: manage
        val status = js.updateObjectStore("assets") { maxBytes = 10_000_000_000 }
        println("${status.bucket} takes ${status.bytes} bytes")
        val stores = js.objectStoreNames().toList()
        store.seal() // for good: nothing is put or deleted any more
        // end
        return stores
    }
}
