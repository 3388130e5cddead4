package dev.midge.nats.jetstream.internal.publish

import dev.midge.nats.InternalNatsApi
import dev.midge.nats.Subject
import dev.midge.nats.jetstream.JetStreamProbe
import dev.midge.nats.jetstream.PublishAck
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.ExperimentalCoroutinesApi

/** Tells of a publish to [subject] how [publish] has ended. */
@InternalNatsApi
internal suspend inline fun JetStreamProbe.watch(subject: Subject, publish: () -> PublishAck): PublishAck {
    val begin = System.nanoTime()
    try {
        return publish().also { onPublished(subject.value, System.nanoTime() - begin, it, null) }
    } catch (e: Throwable) {
        onPublished(subject.value, System.nanoTime() - begin, null, e)
        throw e
    }
}

/** As [watch], for one whose acknowledgement comes later than [publish] returns. */
@InternalNatsApi
internal suspend inline fun JetStreamProbe.watchSent(subject: Subject, publish: () -> Deferred<PublishAck>): Deferred<PublishAck> {
    val begin = System.nanoTime()
    val later = try {
        publish()
    } catch (e: Throwable) {
        onPublished(subject.value, System.nanoTime() - begin, null, e)
        throw e
    }
    watch(subject, later, begin)
    return later
}

/** Tells of a publish to [subject] how [later] will have ended. */
@OptIn(ExperimentalCoroutinesApi::class)
@InternalNatsApi
internal fun JetStreamProbe.watch(subject: Subject, later: Deferred<PublishAck>, begin: Long = System.nanoTime()) {
    later.invokeOnCompletion { failure ->
        onPublished(subject.value, System.nanoTime() - begin, if (failure == null) later.getCompleted() else null, failure)
    }
}
