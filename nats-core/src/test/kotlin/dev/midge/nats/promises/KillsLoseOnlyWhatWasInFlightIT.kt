package dev.midge.nats.promises

import dev.midge.nats.NatsEvent
import dev.midge.nats.ReconnectOptions
import dev.midge.nats.Subject
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.ints.shouldBeLessThanOrEqual
import io.kotest.matchers.shouldBe
import java.util.concurrent.atomic.AtomicBoolean

private const val PUBLISHERS = 4

class KillsLoseOnlyWhatWasInFlightIT :
    FunSpec({
        for (version in serverVersions) {
            promise("numbered publishes of four coroutines over kill -9, on nats-server $version", longRun) {
                // The subscriber's server stays; the publishers' server dies each time.
                val cluster = cluster(3, version)
                val (quiet, first, second) = cluster.nodes
                val subscriber = connection(quiet.url) { reconnect { useDiscoveredServers = false } }
                val receiver = NumberedReceiver(PUBLISHERS)
                subscriber.subscribeInline(Subject("killed"), handler = receiver::onMessage)
                subscriber.flush()
                val oneIsDead = AtomicBoolean()
                val nats = connection("${first.url},${second.url}") {
                    reconnect { useDiscoveredServers = false }
                    // Or the subscriber's server still reads what the dead one has sent it, beside what comes by the next one.
                    onConnecting = { target ->
                        until { !oneIsDead.get() || quiet.peers() == 1 }
                        target
                    }
                }
                nats.connect()
                val events = eventsOf(nats)
                val publishers = NumberedPublishers("killed", PUBLISHERS)
                until { first.knowsRemoteInterest("killed") && second.knowsRemoteInterest("killed") }
                publishers.start(this, nats)
                repeat(rounds(3, 20)) { cycle ->
                    val victim = if (nats.serverInfo.value?.port == first.port) first else second
                    val before = receiver.received
                    until { receiver.received > before + 2_000 }
                    val gapsBefore = receiver.gaps.size
                    oneIsDead.set(true)
                    victim.kill()
                    events.next<NatsEvent.Disconnected>()
                    val acceptedAtLoss = publishers.accepted()
                    events.next<NatsEvent.Reconnected>()
                    // What was accepted after the loss has arrived, and the gap lies before it.
                    val accepted = publishers.accepted()
                    until { receiver.next().zip(accepted).all { (next, number) -> next > number } }
                    val gaps = receiver.gaps.drop(gapsBefore)
                    gaps.groupingBy { it.coroutine }.eachCount().values.forEach { it shouldBe 1 }
                    // The message that was being published when the loss was seen may have been the last one of the dead socket.
                    gaps.filter { it.end > acceptedAtLoss[it.coroutine] + 1 }.shouldBeEmpty()
                    receiver.inversions shouldBe 0
                    victim.restart()
                    cluster.awaitFormed()
                    oneIsDead.set(false)
                    until { victim.knowsRemoteInterest("killed") }
                    nats.stats().connects.toInt() shouldBe cycle + 2
                }
                publishers.stop()
                nats.flush()
                until { receiver.received + receiver.lost == nats.stats().sentMessages.toInt() }
                receiver.inversions shouldBe 0
                receiver.gaps.size shouldBeLessThanOrEqual rounds(3, 20) * PUBLISHERS
                cluster.nodes.forEach { it.shouldHaveReadWholeFrames() }
                val kills = rounds(3, 20)
                figure("KillsLoseOnlyWhatWasInFlight $version: ${receiver.lost} of ${nats.stats().sentMessages} lost in $kills kills")
            }
        }
    })
