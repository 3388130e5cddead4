package dev.midge.nats.jetstream.internal.api

import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

/** All pages of a list, asked for as the collector comes to them. */
internal object Paging {
    /**
     * What [items] finds in each answer. Ends with an empty page too: what is listed may vanish meanwhile, and the total with it.
     *
     * @param filter further fields of the request.
     */
    fun <T> pages(
        channel: ApiChannel,
        vararg tokens: String,
        filter: Map<String, JsonElement> = emptyMap(),
        target: ApiTarget = ApiTarget(),
        items: (JsonObject) -> List<T>,
    ): Flow<T> = flow {
        var offset = 0L
        while (true) {
            val answer = channel.request(*tokens, body = JsonObject(filter + ("offset" to JsonPrimitive(offset))), target = target)
            val page = items(answer)
            page.forEach { emit(it) }
            offset += page.size
            if (page.isEmpty() || offset >= answer.number("total")) return@flow
        }
    }
}
