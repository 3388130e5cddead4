package dev.midge.nats.internal.connection

import dev.midge.nats.ConnectionLostException
import dev.midge.nats.deferredIsAtomic
import dev.midge.nats.modelCheck
import io.kotest.core.spec.style.FunSpec
import org.jetbrains.lincheck.datastructures.Operation

/** Callers that flush, the reader and the end of the connection. */
class PongQueueOperations {
    private val pongs = PongQueue()
    private var sent = 0

    /** Waits for its PONG and returns the number of its PING in the outbound buffer. */
    @Operation(cancellableOnSuspension = false)
    suspend fun ping(): Int {
        var number = 0
        val pong = pongs.ping {
            number = ++sent
            true
        }
        checkNotNull(pong).await()
        return number
    }

    @Operation(nonParallelGroup = "reader")
    fun onPong(): Unit = pongs.onPong()

    @Operation(runOnce = true)
    fun fail(): Unit = pongs.fail(loss)

    private companion object {
        val loss = ConnectionLostException("gone")
    }
}

class PongQueueLincheckSpec :
    FunSpec({
        modelCheck("PONGs find their PINGs in the order in which these were sent", PongQueueOperations::class) {
            deferredIsAtomic()
            actorsPerThread(2)
            addCustomScenario {
                parallel {
                    thread { actor(PongQueueOperations::ping) }
                    thread { actor(PongQueueOperations::ping) }
                    thread { actor(PongQueueOperations::onPong) }
                }
            }
        }
    })
