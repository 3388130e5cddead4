package dev.midge.nats.bench.client

import io.ktor.network.selector.SelectorManager
import io.ktor.network.sockets.InetSocketAddress
import io.ktor.network.sockets.Socket
import io.ktor.network.sockets.aSocket
import io.ktor.network.sockets.openReadChannel
import io.ktor.network.sockets.openWriteChannel
import io.ktor.utils.io.readAvailable
import io.ktor.utils.io.readLine
import io.ktor.utils.io.writeFully
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import java.net.URI

/**
 * No client at all: protocol bytes made beforehand and Ktor's own channels, a call a message. What it costs is what a client costs that is
 * built on them and does nothing.
 */
class KtorClient : BenchClient {
    override val name = "ktor"

    override val speaksTls = false

    override val answersRequests = false

    override fun connect(target: Target): BenchConnection {
        val address = URI(target.url)
        val selector = SelectorManager(Dispatchers.IO)
        val socket = runBlocking { aSocket(selector).tcp().connect(InetSocketAddress(address.host, address.port)) { noDelay = true } }
        return KtorConnection(selector, socket)
    }
}

private class KtorConnection(private val selector: SelectorManager, private val socket: Socket) : BenchConnection {
    private val input = socket.openReadChannel()
    private val output = socket.openWriteChannel()
    private val readers = CoroutineScope(Dispatchers.Default)
    private val buffer = ByteArray(BUFFER_BYTES)

    override val serverVersion = "unknown"

    init {
        runBlocking {
            checkNotNull(input.readLine()) { "the server closed the connection before INFO" }
            output.writeFully(RawFrames.CONNECT.encodeToByteArray())
        }
        flush()
    }

    override fun send(subject: String, payload: ByteArray, count: Int) = runBlocking {
        val frame = RawFrames.publish(subject, null, payload)
        repeat(count) { output.writeFully(frame) }
    }

    override fun flush() = runBlocking {
        val counter = FrameCounter(messageSize = 0)
        write(RawFrames.PING.encodeToByteArray())
        while (counter.pongs == 0) read(counter)
    }

    override fun receive(subject: String, payloadSize: Int, room: Int, counter: MessageCounter) {
        val frames = FrameCounter(RawFrames.messageSize(subject, SID, null, payloadSize))
        subscribe(subject)
        readers.launch { while (true) counter.received(read(frames)) }
    }

    override fun requestOneByOne(subject: String, payload: ByteArray, times: LongArray, count: Int) {
        val request = RawFrames.publish(subject, "$subject.reply", payload)
        val frames = FrameCounter(RawFrames.messageSize("$subject.reply", SID, null, payload.size))
        subscribe("$subject.reply")
        runBlocking {
            repeat(count) {
                val start = System.nanoTime()
                write(request)
                var answered = 0
                while (answered == 0) answered = read(frames)
                times[it] = System.nanoTime() - start
            }
        }
    }

    override fun echo(subject: String, payloadSize: Int) = throw UnsupportedOperationException("ktor answers no requests")

    override fun requestConcurrently(subject: String, payload: ByteArray, count: Int, inFlight: Int) =
        throw UnsupportedOperationException("ktor sends one request at a time")

    override fun close() {
        readers.cancel()
        socket.close()
        selector.close()
    }

    private fun subscribe(subject: String) {
        runBlocking { write(RawFrames.subscribe(subject, SID)) }
        flush()
    }

    private suspend fun write(bytes: ByteArray) {
        output.writeFully(bytes)
        output.flush()
    }

    private suspend fun read(counter: FrameCounter): Int {
        val length = input.readAvailable(buffer)
        check(length >= 0) { "the server closed the connection" }
        return counter.feed(buffer, length)
    }

    private companion object {
        const val SID = 1
        const val BUFFER_BYTES = 64 * 1024
    }
}
