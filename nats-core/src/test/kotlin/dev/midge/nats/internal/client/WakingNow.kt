package dev.midge.nats.internal.client

import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.ReplySink
import dev.midge.nats.internal.inbound.GatheredWakeUps

/** As the reader replies, at the end of a read that has brought nothing else. */
internal fun ReplySink.reply(message: NatsMessage) {
    onReply(message, message.statusCode)
    wakeNow()
}

/** As the timer ends it. */
internal fun ReplySink.timeOut() {
    onTimeout()
    wakeNow()
}

internal fun ReplySink.fail(cause: NatsException) {
    onFailure(cause)
    wakeNow()
}

private fun ReplySink.wakeNow() {
    val wakeUps = GatheredWakeUps()
    wake(wakeUps)
    wakeUps.wake()
}
