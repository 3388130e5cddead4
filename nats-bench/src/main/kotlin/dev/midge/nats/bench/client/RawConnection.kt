package dev.midge.nats.bench.client

import kotlinx.serialization.json.Json
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import java.net.SocketException
import java.util.concurrent.ConcurrentLinkedQueue
import kotlin.concurrent.thread

internal class RawConnection(private val socket: RawSocket) : BenchConnection {
    private val waiting = ConcurrentLinkedQueue<Runnable>()
    private var awaitsReplies = false

    override val serverVersion: String
        get() =
            Json
                .parseToJsonElement(socket.info)
                .jsonObject
                .getValue("version")
                .jsonPrimitive.content

    override fun send(subject: String, payload: ByteArray, count: Int) {
        val frame = RawFrames.publish(subject, null, payload)
        val perBatch = (BATCH_BYTES / frame.size).coerceIn(1, count)
        val batch = RawFrames.repeated(frame, perBatch)
        repeat(count / perBatch) { socket.write(batch) }
        socket.write(batch, count % perBatch * frame.size)
    }

    override fun flush() = socket.flush()

    override fun receive(subject: String, payloadSize: Int, room: Int, counter: MessageCounter) {
        subscribe(subject)
        val frames = FrameCounter(RawFrames.messageSize(subject, SID, null, payloadSize))
        readInBackground { counter.received(socket.read(frames)) }
    }

    override fun echo(subject: String, payloadSize: Int) {
        val replyTo = replySubject(subject)
        val reply = RawFrames.publish(replyTo, null, ByteArray(payloadSize))
        val replies = RawFrames.repeated(reply, REPLIES_PER_BATCH)
        subscribe(subject)
        val counter = FrameCounter(RawFrames.messageSize(subject, SID, replyTo, payloadSize))
        readInBackground { writeRepeated(replies, reply.size, socket.read(counter)) }
    }

    override fun requestOneByOne(subject: String, payload: ByteArray, times: LongArray, count: Int) {
        val request = RawFrames.publish(subject, replySubject(subject), payload)
        val counter = subscribeToReplies(subject, payload.size)
        repeat(count) {
            val start = System.nanoTime()
            socket.write(request)
            awaitMessage(counter)
            times[it] = System.nanoTime() - start
        }
        unsubscribe()
    }

    override fun requestConcurrently(subject: String, payload: ByteArray, count: Int, inFlight: Int) {
        val request = RawFrames.publish(subject, replySubject(subject), payload)
        val requests = RawFrames.repeated(request, inFlight)
        val counter = subscribeToReplies(subject, payload.size)
        var sent = minOf(inFlight, count)
        var answered = 0
        writeRepeated(requests, request.size, sent)
        while (answered < count) {
            val replies = socket.read(counter)
            answered += replies
            val next = minOf(replies, count - sent)
            writeRepeated(requests, request.size, next)
            sent += next
        }
        unsubscribe()
    }

    /** The server answers in the order of the requests. */
    override fun requestAsync(subject: String, payload: ByteArray, answered: Runnable) {
        val request = RawFrames.publish(subject, replySubject(subject), payload)
        if (!awaitsReplies) {
            awaitsReplies = true
            val counter = subscribeToReplies(subject, payload.size)
            readInBackground { repeat(socket.read(counter)) { waiting.remove().run() } }
        }
        waiting.add(answered)
        socket.write(request)
    }

    override fun close() = socket.close()

    private fun subscribe(subject: String) {
        socket.write(RawFrames.subscribe(subject, SID))
        socket.flush()
    }

    private fun unsubscribe() = socket.write("UNSUB $SID\r\n".encodeToByteArray())

    private fun subscribeToReplies(subject: String, payloadSize: Int): FrameCounter {
        subscribe(replySubject(subject))
        return FrameCounter(RawFrames.messageSize(replySubject(subject), SID, null, payloadSize))
    }

    private fun awaitMessage(counter: FrameCounter) {
        var messages = 0
        while (messages == 0) messages = socket.read(counter)
    }

    private fun writeRepeated(frames: ByteArray, frameSize: Int, count: Int) {
        var rest = count
        while (rest > 0) {
            val now = minOf(rest, frames.size / frameSize)
            socket.write(frames, now * frameSize)
            rest -= now
        }
    }

    private fun readInBackground(step: () -> Unit) {
        thread(isDaemon = true, name = "raw-reader") {
            try {
                while (true) step()
            } catch (e: SocketException) {
                if (!socket.isClosed) throw e
            }
        }
    }

    private fun replySubject(subject: String) = "$subject.reply"

    private companion object {
        const val SID = 1

        /** As Midge's own batches, so that the ceiling is one of work and not of buffer sizes. */
        const val BATCH_BYTES = 64 * 1024
        const val REPLIES_PER_BATCH = 256
    }
}
