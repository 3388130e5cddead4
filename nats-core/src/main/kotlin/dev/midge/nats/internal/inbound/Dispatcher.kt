package dev.midge.nats.internal.inbound

import dev.midge.nats.internal.protocol.MessageFrame
import dev.midge.nats.internal.protocol.ServerOperationHandler
import dev.midge.nats.internal.transport.WireLog

/** Takes what the parser recognises to where it belongs: messages to the sink of their subscription, the rest to [control]. */
internal class Dispatcher(
    private val sinks: SinkTable,
    private val control: ControlHandler,
    private val counters: InboundCounters,
    private val log: WireLog,
) : ServerOperationHandler {
    private val subjects = SubjectCache()
    private val signals = ArrayList<Signal>()
    private val wakeUps = GatheredWakeUps()
    private var lastSid = 0L
    private var lastSink: MessageSink? = null

    override fun onMessage(frame: MessageFrame) {
        counters.message()
        if (log.enabled) log.received(line(frame))
        // A message that crossed its UNSUB on the way has no sink any more.
        val sink = sink(frame.sid) ?: return
        val signal = sink.onMessage(frame, subjects) ?: return
        signals.add(signal)
    }

    /** Messages of one subscription tend to come in a row. A sink that has left the table refuses what still comes. */
    private fun sink(sid: Long): MessageSink? {
        // One that was not there may come: requests subscribe their inbox again under its id.
        if (sid != lastSid || lastSink == null) {
            lastSink = sinks.sink(sid)
            lastSid = sid
        }
        return lastSink
    }

    private fun line(frame: MessageFrame): String {
        val reply = frame.reply()?.let { it.decodeToString() + " " }.orEmpty()
        val headers = if (frame.hasHeaders) "${frame.headerSize} " else ""
        return "${if (frame.hasHeaders) "HMSG" else "MSG"} ${frame.subject()} ${frame.sid} $reply$headers${frame.totalSize}"
    }

    /** Wakes the callers that wait for the messages read so far. */
    fun wake() {
        try {
            signals.forEachToTheEnd { it.wake(wakeUps) }
        } finally {
            wakeUps.wake()
        }
    }

    /** Whether a subscription that was sent messages wants no more to be read; if none does, they are done with. */
    fun holdsReader(): Boolean {
        for (i in signals.indices) if (signals[i].holdsReader) return true
        signals.clear()
        return false
    }

    /** Suspends while a subscription that was sent messages wants no more to be read. */
    suspend fun awaitRoom() {
        for (i in signals.indices) signals[i].awaitRoom()
        signals.clear()
    }

    override fun onInfo(json: String) {
        if (log.enabled) log.received("INFO")
        wake()
        control.onInfo(json)
    }

    override fun onPing() {
        if (log.enabled) log.received("PING")
        control.onPing()
    }

    override fun onPong() {
        if (log.enabled) log.received("PONG")
        // What came before the PONG has been received by then.
        wake()
        control.onPong()
    }

    override fun onOk() {
        if (log.enabled) log.received("+OK")
    }

    override fun onError(error: String) {
        if (log.enabled) log.received("-ERR '${control.shown(error)}'")
        wake()
        control.onError(error)
    }
}
