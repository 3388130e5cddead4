package dev.midge.nats.bench.stores

/**
 * What a client does alone with a bucket of keys or an object store in a real server's memory.
 *
 * @property id the name in options, table and report.
 * @property clients who can be measured in it and works in a way of its own, in the order of the table.
 * @property inFlight how many keys are put or got at once.
 * @property onlySize the one size of its messages; `null` if it is measured with each.
 */
enum class StoreScenario(val id: String, val clients: List<String>, val inFlight: Int = 1, val onlySize: Int? = null) {
    /** One key after the other, each stored before the next. */
    KvPutOne("kv-put-one", CALLERS),

    KvPut256("kv-put-256", CONCURRENT, inFlight = 256),

    /** One key after the other. */
    KvGetOne("kv-get-one", CALLERS),

    KvGet256("kv-get-256", CONCURRENT, inFlight = 256),

    /** All keys of the bucket. A key counts as a message. */
    KvKeys("kv-keys", CLIENTS),

    /** One object after the other, from a stream of bytes. A chunk counts as a message, here and in what follows. */
    ObjectPut("object-put", CLIENTS, onlySize = CHUNK_BYTES),

    /** Messages of the same size, which nobody receives or stores, as a reference for [ObjectPut]. */
    PlainPublish("plain-publish", CLIENTS, onlySize = CHUNK_BYTES),

    /** One object after the other, to who counts its bytes. */
    ObjectGet("object-get", CLIENTS, onlySize = CHUNK_BYTES),

    /** The same bytes from the same stream, which sends them to one subscription, as a reference for [ObjectGet]. */
    PlainReceive("plain-receive", CLIENTS, onlySize = CHUNK_BYTES),
    ;

    companion object {
        val byId: Map<String, StoreScenario> = entries.associateBy { it.id }
    }
}

/** What all clients here make of an object unless they are told something else. */
internal const val CHUNK_BYTES: Int = 128 * 1024

private val CLIENTS = listOf("midge", "midge-java", "jnats")
private val CALLERS = listOf("midge", "midge-java", "jnats", "jnats-noflush")
private val CONCURRENT = listOf("midge", "midge-default", "midge-java", "jnats", "jnats-noflush")
