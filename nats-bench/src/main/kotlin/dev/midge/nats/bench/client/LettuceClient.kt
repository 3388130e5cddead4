package dev.midge.nats.bench.client

import dev.midge.nats.bench.peers.RedisServer
import io.lettuce.core.RedisClient
import io.lettuce.core.codec.ByteArrayCodec
import io.lettuce.core.codec.RedisCodec
import io.lettuce.core.codec.StringCodec
import io.lettuce.core.pubsub.RedisPubSubAdapter
import java.util.concurrent.TimeUnit

/**
 * Redis instead of NATS, by Lettuce: the same scenarios where Redis has them. The server is one of this program's own.
 *
 * Commands are flushed by the batch, as Lettuce's documentation advises for many of them.
 */
class LettuceClient : BenchClient {
    private val server by lazy(RedisServer::start)

    override val name = "lettuce"

    override val speaksTls = false

    override val answersRequests = false

    override fun connect(target: Target): BenchConnection = LettuceConnection(RedisClient.create("redis://127.0.0.1:${server.port}"))
}

private class LettuceConnection(private val client: RedisClient) : BenchConnection {
    private val publishing = client.connect(CODEC).apply { setAutoFlushCommands(false) }
    private val receiving by lazy { client.connectPubSub(CODEC) }

    override val serverVersion = "Redis"

    override fun send(subject: String, payload: ByteArray, count: Int) {
        val commands = publishing.async()
        var rest = count
        while (rest > 0) {
            val now = minOf(rest, BATCH)
            repeat(now - 1) { commands.publish(subject, payload) }
            val last = commands.publish(subject, payload)
            publishing.flushCommands()
            rest -= now
            // What is under way has to be bounded, or the heap is what is measured.
            if (rest % AHEAD < BATCH) last.get(TIMEOUT_SECONDS, TimeUnit.SECONDS)
        }
    }

    override fun flush() {
        val pong = publishing.async().ping()
        publishing.flushCommands()
        pong.get(TIMEOUT_SECONDS, TimeUnit.SECONDS)
    }

    override fun receive(subject: String, payloadSize: Int, room: Int, counter: MessageCounter) {
        receiving.addListener(object : RedisPubSubAdapter<String, ByteArray>() {
            override fun message(channel: String, message: ByteArray) = counter.received(1)
        })
        receiving.sync().subscribe(subject)
    }

    override fun echo(subject: String, payloadSize: Int) = throw UnsupportedOperationException("Redis has no requests")

    override fun requestOneByOne(subject: String, payload: ByteArray, times: LongArray, count: Int) =
        throw UnsupportedOperationException("Redis has no requests")

    override fun requestConcurrently(subject: String, payload: ByteArray, count: Int, inFlight: Int) =
        throw UnsupportedOperationException("Redis has no requests")

    override fun close() = client.shutdown(0, TIMEOUT_SECONDS, TimeUnit.SECONDS)

    private companion object {
        val CODEC: RedisCodec<String, ByteArray> = RedisCodec.of(StringCodec.ASCII, ByteArrayCodec.INSTANCE)
        const val BATCH = 512
        const val AHEAD = 8 * BATCH
        const val TIMEOUT_SECONDS = 30L
    }
}
