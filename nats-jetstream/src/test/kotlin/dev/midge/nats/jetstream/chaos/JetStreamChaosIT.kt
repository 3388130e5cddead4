package dev.midge.nats.jetstream.chaos

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.comparables.shouldBeLessThanOrEqualTo
import io.kotest.matchers.maps.shouldContainExactly
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.withContext
import kotlin.time.Duration.Companion.minutes

/** Servers die and leave again and again, the stream's leader above all: nothing is lost, nothing stands still. */
class JetStreamChaosIT :
    FunSpec({
        for (version in if (chaos) listOf("2.9.10", "2.10.27", "2.15.1") else listOf("2.15.1")) {
            test("what is acknowledged is stored and delivered, whatever becomes of its servers, on nats-server $version")
                .config(timeout = if (chaos) 10.minutes else 2.minutes) {
                    withContext(Dispatchers.Default) { chaosRun(version) { check(version) } }
                }
        }
    })

private suspend fun ChaosRun.check(version: String) {
    strikeAgainAndAgain()
    val last = finishPublishing()
    awaitDelivered(last)

    val stored = stream.ordered().take(last.toInt()).toList().associate { it.metadata.streamSequence to it.text() }
    val acked = publishers.acked.entries.associate { (id, sequence) -> sequence to id }
    acked.size shouldBe publishers.acked.size
    stored shouldContainExactly acked
    stream.info().state.messages shouldBe stored.size.toLong()
    orderedSequences.toList() shouldBe List(last.toInt()) { it + 1L }
    for (deliveries in all) {
        deliveries.texts.toMap() shouldContainExactly stored
        deliveries.unexplained.toList().shouldBeEmpty()
    }
    ordered.redelivered.get() shouldBe 0
    awaitAllAcknowledged()
    stopConsumers()
    leftSubscriptions() shouldBe listOf(0, 0, 0)
    leftConsumers().shouldBeEmpty()
    report(version, stored.size)
    stalls.values.maxOf { it } shouldBeLessThanOrEqualTo longestStall
}
