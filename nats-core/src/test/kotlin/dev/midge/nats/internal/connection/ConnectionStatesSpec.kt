package dev.midge.nats.internal.connection

import dev.midge.nats.ConnectionClosedException
import dev.midge.nats.ConnectionDrainingException
import dev.midge.nats.ConnectionLostException
import dev.midge.nats.ConnectionState
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeSameInstanceAs

private val connected = listOf(ConnectionState.Connected)

private fun ConnectionStates<String>.begun() = awaited(connected) {}.shouldNotBeNull()

private fun opened(session: String = "first") = ConnectionStates<String>().apply {
    begun()
    opened { session }.shouldNotBeNull()
}

class ConnectionStatesSpec :
    FunSpec({
        test("an idle connection begins one attempt, which all wait for") {
            val states = ConnectionStates<String>()
            var attempts = 0
            val first = states.awaited(connected) { attempts++ }
            states.awaited(connected) { attempts++ } shouldBeSameInstanceAs first
            attempts shouldBe 1
            states.attempt() shouldBeSameInstanceAs first
            states.opened { "session" } shouldBeSameInstanceAs first
            states.inUse shouldBe "session"
            states.awaited(connected) { attempts++ }.shouldBeNull()
            states.attempt().shouldBeNull()
            attempts shouldBe 1
        }

        test("a first attempt that fails leaves the connection idle, and the next call tries again") {
            val states = ConnectionStates<String>()
            val first = states.begun()
            states.connectFailed() shouldBeSameInstanceAs first
            states.state.value shouldBe ConnectionState.Idle
            (states.begun() === first) shouldBe false
        }

        test("a lost link is reconnected if that is wanted, with a new attempt, and unlinked before anybody sees it") {
            val states = opened()
            var unlinkedIn: ConnectionState? = null
            states.interrupted(reconnects = true) { unlinkedIn = states.state.value } shouldBe true
            unlinkedIn shouldBe ConnectionState.Connected
            states.inUse.shouldBeNull()
            states.awaited(listOf(ConnectionState.Reconnecting)) {}.shouldBeNull()
            states.awaited(connected) {}.shouldNotBeNull()
            opened().interrupted(reconnects = false) { error("not wanted") } shouldBe false
        }

        test("a session takes the place of the one in use, and of no other") {
            val states = opened("old")
            states.moved("another") { error("not in use") }.shouldBeNull()
            states.moved("old") { use -> use("new").let { "moved" } } shouldBe "moved"
            states.inUse shouldBe "new"
            states.interrupted(reconnects = true) {}
            states.moved("new") { error("not connected") }.shouldBeNull()
        }

        test("only an open connection drains; nothing is registered while it does") {
            ConnectionStates<String>().startDraining() shouldBe false
            val states = opened()
            states.startDraining() shouldBe true
            states.startDraining() shouldBe false
            shouldThrow<ConnectionDrainingException> { states.whileOpen { error("draining") } }
            states.awaited(connected) {}.shouldBeNull()
            states.interrupted(reconnects = true) { error("it is not wanted any more") } shouldBe false
        }

        test("nothing follows the end, and it is told why it came") {
            val states = opened()
            val cause = ConnectionLostException("gone")
            states.end(cause).shouldNotBeNull()
            states.end(ConnectionLostException("again")).shouldBeNull()
            states.opened { error("closed") }.shouldBeNull()
            states.interrupted(reconnects = true) { error("closed") }.shouldBeNull()
            states.startDraining() shouldBe false
            states.unlessClosed { error("closed") }
            shouldThrow<ConnectionClosedException> { states.awaited(connected) {} }.cause shouldBe cause
            shouldThrow<ConnectionLostException> { states.checkNotLost() } shouldBe cause
            states.close {}.first shouldBe ConnectionState.Closed
        }

        test("a close that is asked for is nobody's fault") {
            val states = opened()
            var accepting = true
            states.close { accepting = false }.first shouldBe ConnectionState.Connected
            accepting shouldBe false
            states.checkNotLost()
            states.closed().cause.shouldBeNull()
        }
    })
