package dev.midge.nats.testing.internal.embedded

/** Writes down what a [ClientParser] calls. */
internal class RecordingOperations : ClientOperations {
    val calls = mutableListOf<String>()

    override val isOpen: Boolean = true
    override val awaitsConnect: Boolean = false

    override fun connect(json: String) {
        calls += "connect $json"
    }

    override fun ping() {
        calls += "ping"
    }

    override fun pong() {
        calls += "pong"
    }

    override fun announce(publication: Publication, withHeaders: Boolean) {
        calls += "announce headers=$withHeaders"
    }

    override fun publish(publication: Publication) {
        with(publication) {
            val subject = latin1(line, subjectStart, subjectEnd)
            val reply = latin1(line, replyStart, replyEnd)
            val sizes = latin1(line, headerSizeStart, headerSizeEnd) + "/" + latin1(line, sizeStart, sizeEnd)
            val body = latin1(body, bodyStart, bodyStart + totalSize)
            calls += "publish $subject reply=$reply sizes=$sizes header=$headerSize total=$totalSize body=$body"
        }
    }

    override fun subscribe(subject: String, queueGroup: String?, sid: String) {
        calls += "subscribe $subject $queueGroup $sid"
    }

    override fun unsubscribe(sid: String, max: Int) {
        calls += "unsubscribe $sid $max"
    }
}
