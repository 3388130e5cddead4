package dev.midge.nats.jetstream.internal.api

import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import java.time.Instant
import kotlin.properties.ReadWriteProperty
import kotlin.reflect.KProperty
import kotlin.time.Duration

/**
 * The fields of a configuration that is being written, as the JSON that goes to the server. What it was made from stays, whether a property
 * knows it or not; what a property sets to its server's default is left out, because servers from 2.12 on refuse fields that they do not know.
 */
internal class Fields(from: JsonObject = EmptyJson) {
    private val values = LinkedHashMap<String, JsonElement>(from)

    fun json(): JsonObject = JsonObject(LinkedHashMap(values))

    fun text(key: String): Field<String> = Field(this, key, {
        it.text(key)
    }, { JsonPrimitive(it).takeIf { text -> text.content.isNotEmpty() } })

    fun textOrNull(key: String): Field<String?> = Field(this, key, { it.textOrNull(key) }, { it?.let(::JsonPrimitive) })

    fun flag(key: String): Field<Boolean> = Field(this, key, { it.flag(key) }, { if (it) JsonPrimitive(true) else null })

    /** A number whose absence means [unset]. */
    fun number(key: String, unset: Long = 0): Field<Long> =
        Field(this, key, { it.numberOrNull(key) ?: unset }, { if (it == unset) null else JsonPrimitive(it) })

    fun int(key: String, unset: Int = 0): Field<Int> =
        Field(this, key, { if (key in it) it.int(key) else unset }, { if (it == unset) null else JsonPrimitive(it) })

    /** Whole nanoseconds; a fraction is cut off. */
    fun duration(key: String): Field<Duration> =
        Field(this, key, { it.duration(key) }, { if (it == Duration.ZERO) null else JsonPrimitive(it.inWholeNanoseconds) })

    fun durations(key: String): Field<List<Duration>> = Field(
        this,
        key,
        { json -> json.durations(key) },
        { list -> if (list.isEmpty()) null else JsonArray(list.map { JsonPrimitive(it.inWholeNanoseconds) }) },
    )

    fun time(key: String): Field<Instant?> = Field(this, key, { it.time(key) }, { it?.let { time -> JsonPrimitive(time.toString()) } })

    fun texts(key: String): Field<List<String>> =
        Field(this, key, { it.texts(key) }, { list -> if (list.isEmpty()) null else JsonArray(list.map(::JsonPrimitive)) })

    fun textMap(key: String): Field<Map<String, String>> = Field(
        this,
        key,
        { it.textMap(key) },
        { map -> if (map.isEmpty()) null else JsonObject(map.mapValues { JsonPrimitive(it.value) }) },
    )

    /**
     * One of [entries], which [wireName] calls as the protocol does; absent is the first of them.
     *
     * @param isAlwaysSaid whether the first one is written too.
     */
    fun <E : Enum<E>> choice(key: String, entries: List<E>, isAlwaysSaid: Boolean = false, wireName: (E) -> String): Field<E> = Field(
        this,
        key,
        { it.choice(key, entries, wireName) },
        { if (it == entries[0] && !isAlwaysSaid) null else JsonPrimitive(wireName(it)) },
    )

    fun <T : Any> nested(key: String, read: (JsonObject) -> T, json: (T) -> JsonObject): Field<T?> =
        Field(this, key, { it.objectOrNull(key)?.let(read) }, { it?.let(json) })

    fun <T : Any> nestedList(key: String, read: (JsonObject) -> T, json: (T) -> JsonObject): Field<List<T>> =
        Field(this, key, { it.objects(key).map(read) }, { list -> if (list.isEmpty()) null else JsonArray(list.map(json)) })

    /** A property over one field. */
    internal class Field<T>(
        private val fields: Fields,
        private val key: String,
        private val read: (JsonObject) -> T,
        private val write: (T) -> JsonElement?,
    ) : ReadWriteProperty<Any?, T> {
        override fun getValue(thisRef: Any?, property: KProperty<*>): T = read(JsonObject(fields.values))

        override fun setValue(thisRef: Any?, property: KProperty<*>, value: T): Unit = set(value)

        fun set(value: T) {
            val element = write(value)
            if (element == null) fields.values.remove(key) else fields.values[key] = element
        }
    }
}

internal fun <E : Enum<E>> JsonObject.choice(key: String, entries: List<E>, wireName: (E) -> String): E =
    text(key).let { name -> entries.firstOrNull { wireName(it) == name } ?: entries.first() }

internal fun JsonObject.durations(key: String): List<Duration> = texts(key).mapNotNull { it.toLongOrNull()?.let(::nanos) }

private fun nanos(count: Long): Duration = with(Duration) { count.nanoseconds }
