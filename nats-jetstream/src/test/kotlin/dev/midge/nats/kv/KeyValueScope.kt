package dev.midge.nats.kv

import dev.midge.nats.jetstream.fixtures.JetStreamScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.takeWhile
import kotlinx.coroutines.flow.toList

/** The bucket that no other test has, made with what [configure] sets. */
internal suspend fun JetStreamScope.bucket(configure: KeyValueConfigBuilder.() -> Unit = {}): KeyValue<String> =
    js.createKeyValue<String>(name, configure)

/** What is seen up to the end of the beginning. */
internal suspend fun <T> Flow<KeyValueEvent<T>>.beginning(): List<KeyValueEvent<T>> = takeWhile { it !== KeyValueEvent.CaughtUp }.toList()

/** As `a=1`, and what it is if it is no value. */
internal fun <T> KeyValueEvent<T>.short(): String = when (this) {
    is KeyValueEvent.Put -> "$key=$value"
    is KeyValueEvent.Deleted -> "$key deleted"
    is KeyValueEvent.Purged -> "$key ${if (isExpired) "expired" else "purged"}"
    is KeyValueEvent.Undecodable -> "$key undecodable"
    is KeyValueEvent.Resumed -> "resumed"
    KeyValueEvent.CaughtUp -> "caught up"
}

internal fun <T> List<KeyValueEvent<T>>.short(): List<String> = map { it.short() }
