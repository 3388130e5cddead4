package dev.midge.nats.internal.protocol

/** Writes down every operation as text, so that two parses can be compared. */
class RecordingHandler {
    val operations = ArrayList<String>()

    internal val handler = object : ServerOperationHandler {
        override fun onInfo(json: String) {
            operations += "INFO $json"
        }

        override fun onMessage(frame: MessageFrame) {
            val headers = frame.headers()?.let { " headers=" + it.decodeToString() }.orEmpty()
            operations +=
                "MSG ${frame.subject()} ${frame.sid} ${frame.reply()?.decodeToString()} ${frame.payload().joinToString(",")}$headers"
        }

        override fun onPing() {
            operations += "PING"
        }

        override fun onPong() {
            operations += "PONG"
        }

        override fun onOk() {
            operations += "OK"
        }

        override fun onError(error: String) {
            operations += "ERR $error"
        }
    }

    companion object {
        internal val limits = ProtocolLimits(payload = 1024 * 1024)

        /** What [pieces], fed one after the other, parse to. */
        fun parse(vararg pieces: ByteArray): List<String> {
            val recording = RecordingHandler()
            val parser = ProtocolParser(limits)
            for (piece in pieces) parser.feed(piece, 0, piece.size, recording.handler)
            return recording.operations
        }
    }
}
