package dev.midge.nats.internal.client

import dev.midge.nats.ConnectionLostException
import dev.midge.nats.NatsMessage
import dev.midge.nats.Subject
import dev.midge.nats.modelCheck
import io.kotest.core.spec.style.FunSpec
import org.jetbrains.lincheck.datastructures.Operation
import kotlin.time.Duration.Companion.seconds

/** One caller that may be cancelled, the reader, the timer and the end of the connection. */
class SingleReplyOperations {
    private val reply = SingleReply(subject, 1.seconds)
    private var sent = 0

    @Operation(runOnce = true)
    suspend fun await(): Int = reply.await().payload[0].toInt()

    @Operation(nonParallelGroup = "reader")
    fun reply(): Unit = reply.reply(NatsMessage("s", null, byteArrayOf((++sent).toByte()), null))

    @Operation
    fun deadline(): Unit = reply.timeOut()

    @Operation
    fun failure(): Unit = reply.fail(loss)

    /** Made once: making them is no part of what is looked into. */
    private companion object {
        val subject = Subject("s")
        val loss = ConnectionLostException("gone")
    }
}

class SingleReplyLincheckSpec :
    FunSpec({
        modelCheck("the first outcome ends the wait, once", SingleReplyOperations::class) {
            threads(3).actorsPerThread(1)
            addCustomScenario {
                parallel {
                    thread { actor(SingleReplyOperations::await) }
                    thread { actor(SingleReplyOperations::reply) }
                    thread { actor(SingleReplyOperations::deadline) }
                }
            }
        }
    })
