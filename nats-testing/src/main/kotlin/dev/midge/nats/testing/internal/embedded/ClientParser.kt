package dev.midge.nats.testing.internal.embedded

/**
 * Reads one client's bytes, in whatever pieces they arrive, and calls [operations].
 *
 * What lies complete in a chunk is read where it lies; only what is cut by the end of a chunk is copied. What may be copied is bounded by
 * [maxControlLine] and [maxPayload], both checked before anything is kept.
 */
internal class ClientParser(private val operations: ClientOperations, private val maxControlLine: Int, private val maxPayload: Int) {
    private val partialLine = ByteAccumulator()
    private val partialBody = ByteAccumulator()
    private val arguments = ArgumentList()
    private val publication = Publication()

    /** Whether [publication] waits for its payload; otherwise a control line is next. */
    private var inBody = false

    /**
     * Reads [chunk] from [start] to [end], which may be overwritten when this returns.
     *
     * @throws ProtocolViolation if the client has to go.
     */
    fun parse(chunk: ByteArray, start: Int, end: Int) {
        var at = start
        while (at < end && operations.isOpen) {
            at = if (inBody) readBody(chunk, at, end) else readLine(chunk, at, end)
        }
        // The chunk is about to be overwritten, and the payload is yet to come.
        if (inBody && publication.line === chunk) publication.keepLine()
    }

    private fun readLine(chunk: ByteArray, start: Int, end: Int): Int {
        if (partialLine.size == 0 && operations.awaitsConnect && !Verb.CONNECT.fits(chunk, start, start + 1)) {
            throw ProtocolViolation(ProtocolViolation.AUTHORIZATION)
        }
        val lineFeed = indexOfLineFeed(chunk, start, end)
        if (lineFeed < 0) {
            keepLine(chunk, start, end)
            return end
        }
        if (partialLine.size == 0) {
            processLine(chunk, start, lineFeed)
        } else {
            partialLine.append(chunk, start, lineFeed)
            processLine(partialLine.array, 0, partialLine.size)
            partialLine.clear()
        }
        return lineFeed + 1
    }

    private fun keepLine(chunk: ByteArray, start: Int, end: Int) {
        partialLine.append(chunk, start, end)
        val line = partialLine.array
        val size = partialLine.size
        val verb = Verb.of(line, 0, size) ?: throw ProtocolViolation.unknownOperation()
        if (size <= verb.length) return
        var first = verb.length
        while (first < size && isBlank(line[first])) first++
        val last = if (line[size - 1] == CR) size - 1 else size
        when {
            // Neither ignored text nor leading blanks count, so they may be endless: they must not be kept.
            verb.arguments == Arguments.IGNORED -> partialLine.setTo(verb.word)

            first == size -> partialLine.setTo(verb.word + SPACE)

            last - first > maxControlLine -> throw ProtocolViolation(ProtocolViolation.CONTROL_LINE)
        }
    }

    private fun processLine(line: ByteArray, start: Int, lineFeed: Int) {
        val end = if (lineFeed > start && line[lineFeed - 1] == CR) lineFeed - 1 else lineFeed
        val verb = Verb.of(line, start, end)
        if (verb == null || end - start < verb.length) throw ProtocolViolation.unknownOperation()
        var first = start + verb.length
        if (verb.arguments == Arguments.SEPARATED && (first == end || !isBlank(line[first]))) throw ProtocolViolation.unknownOperation()
        while (first < end && isBlank(line[first])) first++
        if (verb.arguments != Arguments.IGNORED && end - first > maxControlLine) throw ProtocolViolation(ProtocolViolation.CONTROL_LINE)
        process(verb, line, first, end)
    }

    private fun process(verb: Verb, line: ByteArray, start: Int, end: Int) {
        if (verb.arguments == Arguments.SEPARATED) arguments.split(line, start, end)
        when (verb) {
            Verb.PUB -> beginPublication(headers = false)

            Verb.HPUB -> beginPublication(headers = true)

            Verb.SUB -> subscribe()

            Verb.UNSUB -> unsubscribe()

            Verb.PING -> operations.ping()

            Verb.PONG -> operations.pong()

            Verb.CONNECT -> operations.connect(String(line, start, end - start, Charsets.UTF_8))

            Verb.INFO, Verb.OK -> Unit

            // Only servers say this; whoever believes itself to be one is in the wrong place.
            Verb.ERR -> throw ProtocolViolation.unreadable()
        }
    }

    private fun beginPublication(headers: Boolean) {
        publication.read(arguments, headers)
        if (publication.totalSize > maxPayload) throw ProtocolViolation(ProtocolViolation.MAX_PAYLOAD)
        operations.announce(publication, headers)
        inBody = true
    }

    private fun subscribe() {
        when (arguments.count) {
            2 -> operations.subscribe(arguments.text(0), null, arguments.text(1))
            3 -> operations.subscribe(arguments.text(0), arguments.text(1), arguments.text(2))
            else -> throw ProtocolViolation.unreadable()
        }
    }

    private fun unsubscribe() {
        when (arguments.count) {
            1 -> operations.unsubscribe(arguments.text(0), -1)
            2 -> operations.unsubscribe(arguments.text(0), arguments.size(1))
            else -> throw ProtocolViolation.unreadable()
        }
    }

    private fun readBody(chunk: ByteArray, start: Int, end: Int): Int {
        val missing = publication.totalSize + CRLF_LENGTH - partialBody.size
        if (partialBody.size == 0 && end - start >= missing) {
            finishPublication(chunk, start)
            return start + missing
        }
        val taken = minOf(end, start + missing)
        partialBody.append(chunk, start, taken)
        if (partialBody.size == publication.totalSize + CRLF_LENGTH) {
            finishPublication(partialBody.array, 0)
            partialBody.clear()
        } else if (partialBody.size > publication.totalSize && partialBody.array[publication.totalSize] != CR) {
            // A wrong end is told at once: the client may send no more.
            throw ProtocolViolation.unknownOperation()
        }
        return taken
    }

    private fun finishPublication(body: ByteArray, start: Int) {
        val end = start + publication.totalSize
        if (body[end] != CR || body[end + 1] != LF) throw ProtocolViolation.unknownOperation()
        publication.body = body
        publication.bodyStart = start
        inBody = false
        operations.publish(publication)
    }
}
