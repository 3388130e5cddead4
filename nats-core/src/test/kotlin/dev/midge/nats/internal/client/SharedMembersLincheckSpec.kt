package dev.midge.nats.internal.client

import dev.midge.nats.chaos
import dev.midge.nats.modelCheck
import io.kotest.core.spec.style.FunSpec
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions
import org.jetbrains.lincheck.datastructures.Operation
import org.jetbrains.lincheck.datastructures.Validate
import org.jetbrains.lincheck.datastructures.verifier.EpsilonVerifier
import kotlin.reflect.KFunction

private class NamedMember : SharedMember() {
    override val subscription: CoreSubscription
        get() = error("nobody asks for it")
}

/** The one handler of a subject goes, by any of the doors, and another one comes. */
class SharedMembersOperations {
    private val members = SharedMembers {}
    private val first = NamedMember().also(members::join)
    private val second = NamedMember()

    @Volatile
    private var hasJoined = false

    @Volatile
    private var isForgotten = false

    @Operation(runOnce = true)
    fun join() {
        hasJoined = members.join(second)
    }

    /** A handler is unsubscribed, or has its last message. */
    @Operation(runOnce = true, nonParallelGroup = "first")
    fun leave() {
        if (members.leave(first)) isForgotten = true
    }

    @Operation(runOnce = true, nonParallelGroup = "first")
    fun stopDelivery() {
        if (members.stop(first)) isForgotten = true
    }

    @Validate
    fun whoeverHasJoinedIsDeliveredTo() {
        check(!hasJoined || !isForgotten) { "a handler has joined an interest that the server is told to forget" }
    }
}

private fun ModelCheckingOptions.race(door: KFunction<*>) {
    addCustomScenario {
        parallel {
            thread { actor(door) }
            thread { actor(SharedMembersOperations::join) }
        }
    }
}

class SharedMembersLincheckSpec :
    FunSpec({
        modelCheck("a handler that joins while the last one leaves is delivered to", SharedMembersOperations::class) {
            // What counts is who is delivered to at the end.
            verifier(EpsilonVerifier::class.java)
            // The races are two; made-up scenarios find nothing else.
            if (!chaos) iterations(0)
            race(SharedMembersOperations::leave)
            race(SharedMembersOperations::stopDelivery)
        }
    })
