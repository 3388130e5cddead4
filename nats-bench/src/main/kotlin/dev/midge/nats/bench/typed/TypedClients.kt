package dev.midge.nats.bench.typed

import com.fasterxml.jackson.databind.json.JsonMapper
import com.fasterxml.jackson.module.kotlin.kotlinModule
import dev.midge.nats.bench.client.BenchClient
import dev.midge.nats.serialization.CodecRegistry
import dev.midge.nats.serialization.JacksonFormat

/** Who is compared in sending objects as JSON. */
object TypedClients {
    private val mapper: JsonMapper = JsonMapper.builder().addModule(kotlinModule()).build()

    /** The same mapper on both sides: what differs is how its JSON gets to the socket. */
    val jackson = CodecRegistry { format = JacksonFormat(mapper, "application/json") }

    val all: List<BenchClient> = listOf(
        MidgeTypedClient("midge-kotlinx", CodecRegistry.Default),
        MidgeTypedClient("midge-jackson", jackson),
        JnatsTypedClient(mapper),
    )
}
