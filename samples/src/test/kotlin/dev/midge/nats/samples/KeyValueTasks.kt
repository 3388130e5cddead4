package dev.midge.nats.samples

import dev.midge.nats.Nats
import dev.midge.nats.jetstream.JetStream
import dev.midge.nats.jetstream.StreamSource
import dev.midge.nats.jetstream.jetStream
import dev.midge.nats.kv.KeyCodec
import dev.midge.nats.kv.KeyExistsException
import dev.midge.nats.kv.KeyValue
import dev.midge.nats.kv.KeyValueEntry
import dev.midge.nats.kv.KeyValueEvent
import dev.midge.nats.kv.KeyValueStatus
import dev.midge.nats.kv.UndecodableEntryException
import dev.midge.nats.kv.WrongRevisionException
import dev.midge.nats.kv.createKeyValue
import dev.midge.nats.kv.deleteKeyValue
import dev.midge.nats.kv.keyValue
import dev.midge.nats.kv.keyValueNames
import dev.midge.nats.kv.updateKeyValue
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.serialization.Serializable
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

// The Kotlin half of docs/key-value.md, line for line; java/KeyValueTasks.java is the other. KeyValueGuideSpec compares and runs them.

internal class KeyValueTasks(private val nats: Nats) {
    private val js: JetStream = nats.jetStream()
    val seen: MutableList<String> = mutableListOf()

    @Serializable
    data class Limit(val requests: Int)

    private fun apply(key: String, limit: Limit?) {
        synchronized(seen) { seen += "$key: ${limit?.requests}" }
    }

    suspend fun create(): KeyValue<Limit> {
        // snippet: create
        val js = nats.jetStream() // asks the server nothing
        val limits = js.createKeyValue<Limit>("limits") {
            history = 5
            limitMarkerTtl = 1.hours // values may expire, and watches are told; nats-server 2.11
        }
        // end
        return limits
    }

    suspend fun putAndGet(limits: KeyValue<Limit>): KeyValueEntry<Limit>? {
        // snippet: put
        val revision = limits.put("api.search", Limit(100))
        val entry = limits.get("api.search") // null if it has no value; nearest server
        val current = limits.get("api.search", consistent = true) // asks the leader
        limits.delete("api.search") // or purge, which forgets the history too
        // end
        check(entry?.revision == revision)
        return current
    }

    suspend fun createOnce(limits: KeyValue<Limit>): String {
        // snippet: once
        val outcome = try {
            limits.create("api.upload", Limit(5), timeToLive = 60.seconds) // without one it stays
            "mine"
        } catch (e: KeyExistsException) {
            "taken, by revision ${e.revision}"
        }
        // end
        return outcome
    }

    suspend fun change(limits: KeyValue<Limit>): Boolean {
        // snippet: change
        limits.compareAndSet("api.search") { old -> Limit((old?.requests ?: 0) + 10) }
        // end
        // snippet: update
        val read = checkNotNull(limits.get("api.search"))
        val isDone = try {
            limits.update("api.search", Limit(read.value.requests * 2), read.revision)
            true
        } catch (e: WrongRevisionException) {
            false // somebody else has written it meanwhile
        }
        // end
        return isDone
    }

    fun CoroutineScope.watch(limits: KeyValue<Limit>) = launch {
        // snippet: watch
        limits.watch("api.>").collect { event ->
            when (event) {
                is KeyValueEvent.Put -> apply(event.key, event.value)
                is KeyValueEvent.Deleted, is KeyValueEvent.Purged -> apply((event as KeyValueEvent.Change).key, null)
                is KeyValueEvent.CaughtUp -> println("this was all there is")
                else -> println(event) // went on after a loss of the connection, or does not decode
            }
        }
        // end
    }

    suspend fun keys(limits: KeyValue<Limit>): List<String> {
        // snippet: keys
        val keys = limits.keys("api.*").toList() // those with a value
        limits.getAll(keys).collect { println("${it.key} is ${it.value}") } // one request, one moment
        // end
        return keys
    }

    suspend fun history(limits: KeyValue<Limit>): List<KeyValueEvent.Change<Limit>> {
        // snippet: history
        val changes = limits.history("api.search").toList() // the oldest first, deletions included
        val first = limits.get("api.search", revision = changes.first().revision)
        // end
        check(first?.key == "api.search")
        return changes
    }

    suspend fun text(): List<String> {
        // snippet: text
        val files = js.keyValue<String>("limits", KeyCodec.Path.then(KeyCodec.Base64))
        files.put("/etc/my hosts", "127.0.0.1 localhost")
        val names = files.keys("/etc/*").toList()
        // end
        files.purge("/etc/my hosts")
        return names
    }

    suspend fun failures(): String {
        // snippet: failures
        val outcome = try {
            js.keyValue<String>("limits").put("api.broken", "{")
            js.keyValue<Limit>("limits").get("api.broken")
            "decoded"
        } catch (e: UndecodableEntryException) {
            "revision ${e.revision} of ${e.key} is no limit"
        }
        // end
        return outcome
    }

    suspend fun mirror(): KeyValue<ByteArray> {
        // snippet: mirror
        val near = js.createKeyValue("limits-near") { mirror("limits") } // is read here, written there
        js.createKeyValue("everything") { sources(StreamSource("limits"), StreamSource("flags")) } // keys of several
        // end
        return near
    }

    suspend fun manage(limits: KeyValue<Limit>): KeyValueStatus {
        // snippet: manage
        js.updateKeyValue("limits") { history = 10 } // changes nothing else
        val status = limits.status()
        val names = js.keyValueNames().toList()
        val forgotten = limits.purgeDeletes(olderThan = 30.minutes)
        // end
        check(status.bucket in names && forgotten == 0L)
        return status
    }

    suspend fun delete() {
        // snippet: delete
        js.deleteKeyValue("limits")
        // end
    }
}
