package dev.midge.nats.serialization

/** The formats as they are made without a configuration, by name. */
val formatsOfOurOwn: Map<String, PayloadFormat> = mapOf(
    "kotlinx JSON" to JsonFormat(),
    "kotlinx CBOR" to CborFormat(),
    "kotlinx ProtoBuf" to ProtoBufFormat(),
    "Jackson JSON" to JacksonFormat.json(),
    "Jackson MessagePack" to JacksonFormat.messagePack(),
    "Jackson CBOR" to JacksonFormat.cbor(),
    "Jackson Smile" to JacksonFormat.smile(),
)
