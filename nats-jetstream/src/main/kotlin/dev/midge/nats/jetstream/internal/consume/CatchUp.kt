package dev.midge.nats.jetstream.internal.consume

/**
 * Tells when a watch of a bucket, of keys or of objects, has seen what was there at the beginning: once, over all consumers that are made
 * for it.
 *
 * It has, when as many subjects have come as the consumer had to deliver at first; when nothing more is pending behind a message; or when the
 * server is idle. The last two rules see that some have expired, were purged or were written again meanwhile. Subjects are counted, not
 * messages, and none that is written later than the consumer was made: one that is written again and again, or is new, would stand for
 * others.
 *
 * @param isAtOnce whether there is nothing to be seen at the beginning.
 * @param countsSubjects whether a consumer has to deliver one message of each subject; otherwise all that it has count.
 * @param trustsPending whether a consumer knows what is pending; those with several filters may say 0 before what was there has come.
 */
internal class CatchUp(private val isAtOnce: Boolean, private val countsSubjects: Boolean, private val trustsPending: Boolean) {
    /** Whether it has. */
    var isDone = false
        private set
    private var end = 0L
    private var expected = 0L
    private var received = 0L
    private val subjects = HashSet<String>()

    /** The stream ended with the sequence [last] before the next consumer was made. */
    fun onStream(last: Long) {
        end = last
    }

    /** A consumer was made that has [pending] messages to deliver. Returns whether that is the end of the beginning; so do the others. */
    fun onConsumer(pending: Long): Boolean {
        if (isDone) return false
        expected = pending
        received = 0
        subjects.clear()
        return doneIf(isAtOnce || pending == 0L)
    }

    /** The message [sequence] of the stream has come, and as many as [pending] says are behind it. */
    fun onMessage(subject: String, sequence: Long, pending: Long): Boolean {
        if (isDone) return false
        if (sequence <= end && (!countsSubjects || subjects.add(subject))) received++
        return doneIf(received >= expected || (pending == 0L && (trustsPending || sequence >= end)))
    }

    /** The server has delivered everything. */
    fun onIdle(): Boolean = doneIf(true)

    private fun doneIf(isReached: Boolean): Boolean {
        if (isDone || !isReached) return false
        isDone = true
        subjects.clear()
        return true
    }
}
