package dev.midge.nats.bench.client

/** What a traced service sends along. */
internal val BENCH_HEADERS: Map<String, String> =
    linkedMapOf("Trace-Id" to "4bf92f3577b34da6a3ce929d0e0e4736", "Content-Type" to "text/plain")
