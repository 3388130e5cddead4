package dev.midge.nats.jetstream.internal.consume

import dev.midge.nats.jetstream.JetStreamMessage
import java.util.TreeMap

/** A message that is here, until its handler has ended or it is given back. */
internal class Entry(val message: JetStreamMessage, val sequence: Long, var touchedAt: Long)

/**
 * Messages by their keys: of each key one at a time, in the order of the stream, and none before an earlier one that is still to be
 * delivered again.
 *
 * INVARIANTS, guarded by KeyedLinesSpec; who calls holds a lock:
 * 1. A line is scheduled, by the caller, from when [offer], [finish] or [expire] has named it until [finish] does not: it has one handler
 *    then.
 * 2. A line that could go on is scheduled; one that holds and awaits nothing is forgotten.
 * 3. [next] returns the earliest that is here, and nothing while an earlier one is awaited.
 */
internal class KeyedLines {
    internal class Line(val key: Any) {
        val waiting = TreeMap<Long, Entry>()

        /** What was given back, by sequence: when it should be here, and until when it is waited for. */
        val awaited = TreeMap<Long, LongArray>()
        var running: Entry? = null
        var isScheduled = false

        val canGoOn: Boolean
            get() = waiting.isNotEmpty() && (awaited.isEmpty() || waiting.firstKey() < awaited.firstKey())
    }

    private val lines = HashMap<Any, Line>()

    /** How many lines are with a handler, or about to be. */
    var scheduled: Int = 0
        private set

    val isEmpty: Boolean
        get() = lines.isEmpty()

    /** Whether [sequence] of [key] is here already: the server has lost patience, and delivers what is being handled. */
    fun holds(key: Any, sequence: Long): Boolean {
        val line = lines[key] ?: return false
        val running = line.running
        // A handler may have given it back before it ends.
        return sequence in line.waiting || (running != null && running.sequence == sequence && !running.message.isAcknowledged)
    }

    /** Puts [entry] into its line. Returns the line if it is to be scheduled. */
    fun offer(key: Any, entry: Entry): Line? {
        val line = lines.getOrPut(key) { Line(key) }
        line.awaited.remove(entry.sequence)
        line.waiting[entry.sequence] = entry
        return schedule(line)
    }

    /** What is to be handled now, or `null` if nothing is: its line was emptied meanwhile. */
    fun next(line: Line): Entry? {
        if (!line.canGoOn) return null
        return line.waiting.pollFirstEntry().value.also { line.running = it }
    }

    /** What runs in [line] is not handled, and comes again at [at], if it has not yet; later ones wait for it until [until]. */
    fun await(line: Line, at: Long, until: Long) {
        val entry = checkNotNull(line.running) { "nothing runs in the line of ${line.key}" }
        line.running = null
        if (entry.sequence !in line.waiting) line.awaited[entry.sequence] = longArrayOf(at, until)
    }

    /** What ran in [line] is done with. Returns whether the line is to be scheduled again. */
    fun finish(line: Line): Boolean {
        line.running = null
        line.isScheduled = false
        scheduled--
        return schedule(line) != null
    }

    /** Waits no more for what should have come by [now]. Returns the lines that go on. */
    fun expire(now: Long): List<Line> {
        val changed = lines.values.filter { line -> line.awaited.values.removeIf { now - it[1] >= 0 } }
        return changed.mapNotNull(::schedule)
    }

    /** How many should have been delivered again by [now]. */
    fun overdue(now: Long): Int = lines.values.sumOf { line -> line.awaited.values.count { now - it[0] >= 0 } }

    /** What is here and was not touched for [time] up to [now]: it is touched now. */
    fun touch(now: Long, time: Long): List<Entry> = lines.values.flatMap { it.waiting.values + listOfNotNull(it.running) }
        .filter { now - it.touchedAt >= time }
        .onEach { it.touchedAt = now }

    /** Takes away all that waits. */
    fun clearWaiting(): List<Entry> = lines.values.toList().flatMap { line ->
        line.waiting.values.toList().also {
            line.waiting.clear()
            line.awaited.clear()
            forgetIfUnused(line)
        }
    }

    private fun schedule(line: Line): Line? {
        if (forgetIfUnused(line) || line.isScheduled || !line.canGoOn) return null
        line.isScheduled = true
        scheduled++
        return line
    }

    private fun forgetIfUnused(line: Line): Boolean {
        val isUnused = !line.isScheduled && line.waiting.isEmpty() && line.awaited.isEmpty()
        if (isUnused) lines.remove(line.key)
        return isUnused
    }
}
