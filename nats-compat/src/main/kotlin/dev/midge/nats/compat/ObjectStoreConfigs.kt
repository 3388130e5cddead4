package dev.midge.nats.compat

import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.JsonObject

/** What a bucket is to be; what is left out is for the client to choose. */
@Serializable
internal class BucketConfig(
    val bucket: String = "",
    val description: String? = null,
    /** In nanoseconds. */
    @SerialName("max_age") val maxAge: Long = 0,
    @SerialName("max_bytes") val maxBytes: Long = 0,
    val storage: String = "",
    @SerialName("num_replicas") val replicas: Int = 0,
    val placement: PlacementConfig? = null,
    val compression: Boolean = false,
    val metadata: Map<String, String> = emptyMap(),
)

@Serializable
internal class PlacementConfig(val cluster: String? = null, val tags: List<String> = emptyList())

/** What an object is to have beside its bytes. */
@Serializable
internal class ObjectConfig(
    val name: String = "",
    val description: String? = null,
    val headers: Map<String, List<String>> = emptyMap(),
    val metadata: Map<String, String> = emptyMap(),
    val options: ChunkConfig = ChunkConfig(),
)

@Serializable
internal class ChunkConfig(@SerialName("max_chunk_size") val chunkSize: Int = 0, val link: JsonObject? = null)
