package dev.midge.nats.internal.inbound

/** As at the end of a read that has brought this alone. */
internal fun Signal.wakeNow() {
    val wakeUps = GatheredWakeUps()
    try {
        wake(wakeUps)
    } finally {
        wakeUps.wake()
    }
}
