package dev.midge.nats.internal.inbound

import dev.midge.nats.NatsMessage
import dev.midge.nats.Overflow
import dev.midge.nats.modelCheck
import io.kotest.core.spec.style.FunSpec
import org.jetbrains.lincheck.datastructures.IntGen
import org.jetbrains.lincheck.datastructures.Operation
import org.jetbrains.lincheck.datastructures.Param

/**
 * The reader, the collector and anybody who ends or limits the subscription. The queue has room for all: what is dropped depends on what the
 * collector has finished with, which it says without the lock; `SubscriptionQueueStressSpec` counts that.
 */
@Param(name = "few", gen = IntGen::class, conf = "1:3")
class SubscriptionQueueOperations {
    private val queue = SubscriptionQueue(1, Overflow.DropNewest(), Silent)
    private var sent = 0

    /** One read that brings [count] messages. */
    @Operation(nonParallelGroup = "reader")
    fun receive(@Param(name = "few") count: Int) {
        repeat(count) { queue.offer(NatsMessage("s", null, byteArrayOf((++sent).toByte()), null)) }
        queue.wakeNow()
    }

    @Operation(nonParallelGroup = "collector")
    suspend fun take(): List<Int> = List(queue.take(2)) {
        val message = queue.next()
        queue.consumed(message)
        message.payload[0].toInt()
    }

    @Operation
    fun limitTo(@Param(name = "few") max: Int): Boolean = queue.limitTo(max.toLong())

    @Operation
    fun close(): Unit = queue.close()

    @Operation
    fun received(): Long = queue.receivedMessages
}

class SubscriptionQueueLincheckSpec :
    FunSpec({
        val promise = "messages come once, in order and no more than were asked for; the collector misses no wake-up"
        modelCheck(promise, SubscriptionQueueOperations::class) {
            addCustomScenario {
                parallel {
                    thread { actor(SubscriptionQueueOperations::receive, 2) }
                    thread { actor(SubscriptionQueueOperations::take) }
                    thread { actor(SubscriptionQueueOperations::limitTo, 2) }
                }
            }
            addCustomScenario {
                parallel {
                    thread {
                        actor(SubscriptionQueueOperations::receive, 2)
                        actor(SubscriptionQueueOperations::receive, 1)
                        actor(SubscriptionQueueOperations::received)
                    }
                    thread { actor(SubscriptionQueueOperations::limitTo, 2) }
                }
            }
        }
    })
