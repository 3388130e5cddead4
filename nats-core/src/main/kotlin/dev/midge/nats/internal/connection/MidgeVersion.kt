package dev.midge.nats.internal.connection

/** The version that CONNECT names: the jar's manifest knows it, class directories do not. */
internal object MidgeVersion {
    val text: String = MidgeVersion::class.java.`package`?.implementationVersion ?: "development"
}
