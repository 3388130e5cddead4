package dev.midge.nats.compat

import dev.midge.nats.Headers
import dev.midge.nats.jetstream.Compression
import dev.midge.nats.jetstream.JetStream
import dev.midge.nats.jetstream.Placement
import dev.midge.nats.jetstream.Storage
import dev.midge.nats.objectstore.ObjectEvent
import dev.midge.nats.objectstore.ObjectInfo
import dev.midge.nats.objectstore.PutOptions
import dev.midge.nats.objectstore.createObjectStore
import dev.midge.nats.objectstore.objectStore
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.takeWhile
import java.security.MessageDigest
import kotlin.time.Duration.Companion.nanoseconds

/** Object stores. */
internal class ObjectStoreSuite(private val jetStream: JetStream) : Suite {
    private val web = Web()

    override fun action(test: String, step: String): Action? = when (test) {
        "default-bucket" -> ::createDefault
        "custom-bucket" -> ::createCustom
        "put-object" -> ::put
        "get-object", "get-link" -> ::digest
        "update-metadata" -> ::update
        "watch" -> ::watch
        "watch-updates" -> ::watchUpdates
        "put-link" -> ::putLink
        else -> null
    }

    private suspend fun createDefault(command: Command): ByteArray {
        jetStream.createObjectStore(command.config<BucketConfig>().bucket)
        return Done
    }

    private suspend fun createCustom(command: Command): ByteArray {
        val config = command.config<BucketConfig>()
        jetStream.createObjectStore(config.bucket) {
            description = config.description
            timeToLive = config.maxAge.nanoseconds
            if (config.maxBytes != 0L) maxBytes = config.maxBytes
            storage = storageOf(config.storage)
            replicas = config.replicas.coerceAtLeast(1)
            placement = config.placement?.let { Placement(it.cluster, it.tags) }
            compression = if (config.compression) Compression.S2 else Compression.NONE
            metadata = config.metadata
        }
        return Done
    }

    private fun storageOf(name: String): Storage = when (name) {
        "memory" -> Storage.MEMORY
        "file", "" -> Storage.FILE
        else -> throw IllegalArgumentException("there is no storage '$name'")
    }

    private suspend fun put(command: Command): ByteArray {
        val config = command.config<ObjectConfig>()
        require(config.options.link == null) { "'${config.name}' is to be a link, which has no bytes of its own" }
        val options = PutOptions {
            description = config.description
            headers = Headers.of(config.headers)
            metadata = config.metadata
            chunkSize = config.options.chunkSize.takeIf { it != 0 }
        }
        web.get(command.url) { jetStream.objectStore(command.bucket).put(config.name, it, options) }
        return Done
    }

    /** Of an object, or of that which a link leads to. */
    private suspend fun digest(command: Command): ByteArray {
        val digest = MessageDigest.getInstance("SHA-256")
        jetStream.objectStore(command.bucket).get(command.name).chunks().collect(digest::update)
        return digest.digest()
    }

    /** All of the metadata is replaced: what the command leaves out is gone. */
    private suspend fun update(command: Command): ByteArray {
        val config = command.config<ObjectConfig>()
        jetStream.objectStore(command.bucket).updateMeta(command.name) {
            name = config.name.ifEmpty { command.name }
            description = config.description
            headers = Headers.of(config.headers)
            metadata = config.metadata
        }
        return Done
    }

    /** The digests of what is there, and of what comes next. */
    private suspend fun watch(command: Command): ByteArray {
        val digests = ArrayList<String>()
        var isCaughtUp = false
        jetStream.objectStore(command.bucket).watch().takeWhile { event ->
            when {
                event is ObjectEvent.CaughtUp -> isCaughtUp = true
                event is ObjectEvent.Put && (isCaughtUp || digests.isEmpty()) -> digests += event.info.storedDigest()
            }
            digests.size < 2
        }.collect {}
        return digests.joinToString(",").encodeToByteArray()
    }

    private suspend fun watchUpdates(command: Command): ByteArray {
        val events = jetStream.objectStore(command.bucket).watch(updatesOnly = true)
        return events.filterIsInstance<ObjectEvent.Put>().first().info.storedDigest().encodeToByteArray()
    }

    private fun ObjectInfo.storedDigest(): String = checkNotNull(digest) { "'$name' has no digest" }

    private suspend fun putLink(command: Command): ByteArray {
        val store = jetStream.objectStore(command.bucket)
        val target = checkNotNull(store.info(command.name)) { "there is no object '${command.name}'" }
        store.addLink(command.linkName, target)
        return Done
    }
}
