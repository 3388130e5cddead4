package dev.midge.nats.internal.connection

import dev.midge.nats.ConnectionLostException
import dev.midge.nats.ConnectionState
import dev.midge.nats.chaos
import dev.midge.nats.deferredIsAtomic
import dev.midge.nats.modelCheck
import io.kotest.core.spec.style.FunSpec
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions
import org.jetbrains.lincheck.datastructures.Operation
import org.jetbrains.lincheck.datastructures.Validate
import org.jetbrains.lincheck.datastructures.verifier.EpsilonVerifier
import kotlin.reflect.KFunction

/** An attempt is under way; its end, whichever it is, and that of the connection come at the same time. */
class ConnectionStatesOperations {
    private val states = ConnectionStates<String>()
    private val opening = checkNotNull(states.awaited(emptyList()) {})

    @Volatile
    private var hasEnded = false

    @Operation(runOnce = true, nonParallelGroup = "loop")
    fun open() {
        states.opened { "session" }?.complete(Unit)
    }

    @Operation(runOnce = true, nonParallelGroup = "loop")
    fun fail() {
        states.connectFailed().completeExceptionally(ConnectionLostException("no server"))
    }

    @Operation(runOnce = true, nonParallelGroup = "loop")
    fun loseAndDrain() {
        states.interrupted(reconnects = true) {}
        states.startDraining()
    }

    @Operation(runOnce = true)
    fun close() {
        states.close {}.second.completeExceptionally(states.closed())
        hasEnded = true
    }

    @Operation(runOnce = true)
    fun end() {
        states.end(ConnectionLostException("gone"))?.completeExceptionally(states.closed())
        hasEnded = true
    }

    @Validate
    fun nothingFollowsTheEndAndNobodyWaitsThen() {
        if (!hasEnded) return
        check(states.state.value == ConnectionState.Closed) { "after the end it is ${states.state.value}" }
        check(opening.isCompleted) { "a caller waits for an attempt that has ended" }
    }
}

private fun ModelCheckingOptions.race(vararg doors: KFunction<*>) {
    addCustomScenario { parallel { doors.forEach { door -> thread { actor(door) } } } }
}

class ConnectionStatesLincheckSpec :
    FunSpec({
        modelCheck(
            "whatever ends at the same time, nothing follows the end of a connection, and nobody waits then",
            ConnectionStatesOperations::class,
        ) {
            // What counts is the state at the end.
            verifier(EpsilonVerifier::class.java)
            if (!chaos) iterations(0)
            deferredIsAtomic()
            race(ConnectionStatesOperations::open, ConnectionStatesOperations::close)
            race(ConnectionStatesOperations::fail, ConnectionStatesOperations::close)
            race(ConnectionStatesOperations::open, ConnectionStatesOperations::end)
            race(ConnectionStatesOperations::fail, ConnectionStatesOperations::end)
            race(ConnectionStatesOperations::loseAndDrain, ConnectionStatesOperations::end)
            race(ConnectionStatesOperations::close, ConnectionStatesOperations::end)
        }
    })
