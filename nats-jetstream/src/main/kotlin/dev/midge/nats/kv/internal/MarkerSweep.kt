package dev.midge.nats.kv.internal

import dev.midge.nats.jetstream.PurgeOptions
import dev.midge.nats.kv.KeyValueEvent
import dev.midge.nats.kv.WatchOptions
import java.time.Instant
import kotlin.time.Duration
import kotlin.time.toJavaDuration

/** Removes what says that keys were deleted. */
internal class MarkerSweep(private val ref: BucketRef) {
    /** Keys as the bucket calls them: those that nobody can decode are swept too. */
    private val watching = Watching(ref, Entries.ofSizes(ref.bucket, Keys(PlainKeys)))
    private val stream = ref.jetStream.stream(ref.stream)

    /** Removes markers of at least [age], and what younger ones have before them. Returns how many markers. */
    suspend fun sweep(age: Duration): Long = ref.reaching {
        val now = stream.info().timestamp ?: Instant.now()
        val limit = now.minus(age.toJavaDuration())
        var swept = 0L
        for (marker in markers()) {
            val isOld = !marker.created.isAfter(limit)
            // By revision, so that what is written meanwhile stays.
            if (isOld) {
                purgeBefore(marker.key, marker.revision + 1)
                swept++
            } else if (marker is KeyValueEvent.Deleted) {
                purgeBefore(marker.key, marker.revision)
            }
        }
        swept
    }

    private suspend fun markers(): Collection<KeyValueEvent.Change<Long>> {
        val last = LinkedHashMap<String, KeyValueEvent.Change<Long>>()
        watching.untilCaughtUp(emptyList(), WatchOptions.Default, hasValues = false).collect { event ->
            when (event) {
                is KeyValueEvent.Deleted, is KeyValueEvent.Purged -> (event as KeyValueEvent.Change<Long>).let { last[it.key] = it }
                is KeyValueEvent.Change<Long> -> last.remove(event.key)
                else -> Unit
            }
        }
        return last.values
    }

    private suspend fun purgeBefore(storedKey: String, revision: Long) {
        stream.purge(PurgeOptions.builder().subject(ref.place().toRead(storedKey)).before(revision).build())
    }
}
