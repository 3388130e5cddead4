package dev.midge.nats.internal.client

import dev.midge.nats.modelCheck
import io.kotest.core.spec.style.FunSpec
import org.jetbrains.lincheck.datastructures.IntGen
import org.jetbrains.lincheck.datastructures.Operation
import org.jetbrains.lincheck.datastructures.Param
import org.jetbrains.lincheck.datastructures.Validate
import org.jetbrains.lincheck.datastructures.verifier.EpsilonVerifier
import java.util.concurrent.atomic.AtomicInteger

/** Two readers, as while the connection moves, and somebody who wants no more than so many messages. */
@Param(name = "few", gen = IntGen::class, conf = "1:3")
class MessageCountOperations {
    private val messages = MessageCount()
    private val handled = AtomicInteger()
    private val lastOnes = AtomicInteger()

    @Volatile
    private var countedThen = 0L

    @Operation
    fun receive() {
        val place = messages.add()
        if (place == 0L) return
        handled.incrementAndGet()
        if (messages.closesAt(place)) lastOnes.incrementAndGet()
    }

    @Operation(runOnce = true)
    fun limitTo(@Param(name = "few") max: Int) {
        messages.limitTo(max.toLong())
        countedThen = messages.count
    }

    @Validate
    fun whatWasAskedForIsTheEnd() {
        val count = messages.count
        check(handled.get().toLong() == count) { "${handled.get()} were handled, $count counted" }
        check(count <= maxOf(messages.last, countedThen)) { "$count were counted, ${messages.last} asked for" }
        check(messages.isClosed == (count >= messages.last)) { "$count of ${messages.last}, closed: ${messages.isClosed}" }
        check(lastOnes.get() <= 1) { "there were ${lastOnes.get()} last messages" }
    }
}

class MessageCountLincheckSpec :
    FunSpec({
        modelCheck("the last message that was asked for ends it, and no more are counted", MessageCountOperations::class) {
            // What counts is how it ends.
            verifier(EpsilonVerifier::class.java)
            addCustomScenario {
                parallel {
                    thread {
                        actor(MessageCountOperations::receive)
                        actor(MessageCountOperations::receive)
                    }
                    thread { actor(MessageCountOperations::receive) }
                    thread { actor(MessageCountOperations::limitTo, 2) }
                }
            }
        }
    })
