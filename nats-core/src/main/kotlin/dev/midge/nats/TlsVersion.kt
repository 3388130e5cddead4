package dev.midge.nats

/** A version of TLS. Older ones are broken and not spoken. */
public enum class TlsVersion { TLS_1_2, TLS_1_3 }
