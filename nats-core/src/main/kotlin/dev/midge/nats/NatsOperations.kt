package dev.midge.nats

import kotlin.time.Duration

/**
 * Every operation of a NATS client and nothing of its life: what a container hands to the parts of a program.
 *
 * [NatsConnection], [NatsConnectionPool], [NatsShards] and [NatsShard] implement it. All members may be called from any thread.
 */
@SubclassOptInRequired(InternalNatsApi::class)
public interface NatsOperations :
    NatsPublisher,
    NatsSubscriber,
    NatsRequester {
    /**
     * Returns once the server has handled everything that was sent before: a round trip of PING and PONG.
     *
     * @param timeout how long to wait; `null` takes [TimeoutOptions.flush].
     * @throws FlushTimeoutException if the server did not answer in time.
     * @throws ConnectionLostException if the connection broke meanwhile; what was under way may or may not have arrived.
     */
    public suspend fun flush(timeout: Duration? = null) {
        ping(timeout)
    }

    /**
     * The time of one round trip to the server, through everything that waits in the outbound buffer.
     *
     * @param timeout how long to wait; `null` takes [TimeoutOptions.flush].
     * @throws FlushTimeoutException if the server did not answer in time.
     * @throws ConnectionLostException if the connection broke meanwhile.
     */
    public suspend fun ping(timeout: Duration? = null): Duration

    /**
     * A subject for replies that nobody else uses, below the inbox prefix of the options: subscribe to it, then publish with it as the reply
     * subject, and take what comes from several responders. One [NatsRequester.request] needs none.
     *
     * Of [NatsShards] it belongs to one shard, and replies come by the shard of their request: use [NatsShards.shard] for all three.
     */
    public fun newInbox(): Subject

    /** What Midge's modules build on, of the connection that carries messages to [subject]. */
    @InternalNatsApi
    public fun seam(subject: Subject): Seam =
        throw UnsupportedOperationException("${this::class.simpleName} is no client of Midge's: modules can be built over these alone")
}
