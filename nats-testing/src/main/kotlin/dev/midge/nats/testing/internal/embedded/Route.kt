package dev.midge.nats.testing.internal.embedded

/** Who gets the messages of one subject: each of [plain], and one of each of [queues]. Never changed once made. */
internal class Route(val plain: Array<Subscription>, val queues: Array<Array<Subscription>>) {
    companion object {
        val NOWHERE = Route(emptyArray(), emptyArray())
    }
}
