package dev.midge.nats.jetstream.consumers

import dev.midge.nats.NatsConnectionPool
import dev.midge.nats.PoolSelection
import dev.midge.nats.jetstream.ConsumerExistsException
import dev.midge.nats.jetstream.ConsumerNotFoundException
import dev.midge.nats.jetstream.DeliverPolicy
import dev.midge.nats.jetstream.FeatureNotSupportedException
import dev.midge.nats.jetstream.PriorityPolicy
import dev.midge.nats.jetstream.PullRefusedException
import dev.midge.nats.jetstream.StreamNotFoundException
import dev.midge.nats.jetstream.fixtures.serverVersions
import dev.midge.nats.jetstream.fixtures.until
import dev.midge.nats.jetstream.jetStream
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import java.time.Instant
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

class ConsumerManagementIT :
    FunSpec({
        for (version in serverVersions) {
            onServer(version, "a consumer is made, found with the same configuration, and refused with another") {
                stream.createConsumer("billing") { filterSubjects("orders.*") }
                stream.createConsumer("billing") { filterSubjects("orders.*") }.info().config.filterSubjects shouldBe listOf("orders.*")
                shouldThrow<ConsumerExistsException> { stream.createConsumer("billing") { filterSubjects("orders.a") } }
                stream.consumer("billing").info().config.isDurable shouldBe true
                stream.createConsumer { filterSubjects("orders.a") }.info().config.isDurable shouldBe false
                shouldThrow<StreamNotFoundException> { js.stream("NONE").createConsumer("a") }
            }

            onServer(version, "a filter, with its wildcards, is part of the subject that a consumer is made by") {
                val requests = nats.subscribe("\$JS.API.CONSUMER.CREATE.>")
                nats.flush()
                stream.createConsumer("billing") { filterSubjects("orders.*") }
                requests.first().subject shouldBe "\$JS.API.CONSUMER.CREATE.ORDERS.billing.orders.*"
            }

            onServer(version, "an update changes what it names and keeps the rest") {
                stream.createConsumer("billing") {
                    description = "bills"
                    maxWaiting = 7
                    sampleFrequency = "30%"
                    maxBatch = 100
                }
                val before = stream.consumer("billing").info().config
                val after = stream.updateConsumer("billing") { ackWait = 5.seconds }.info().config
                after.ackWait shouldBe 5.seconds
                (after.json - "ack_wait" - "metadata") shouldBe (before.json - "ack_wait" - "metadata")
                shouldThrow<ConsumerNotFoundException> { stream.updateConsumer("other") {} }
                stream.createOrUpdateConsumer("other") { maxDeliver = 3 }.info().config.maxDeliver shouldBe 3
                stream.createOrUpdateConsumer("other") { maxDeliver = 4 }.info().config.maxDeliver shouldBe 4
            }

            onServer(version, "consumers are listed and deleted") {
                repeat(5) { consumer("c$it") }
                stream.consumerNames().toList() shouldContainExactlyInAnyOrder List(5) { "c$it" }
                stream.consumers().toList().map { it.name } shouldContainExactlyInAnyOrder List(5) { "c$it" }
                stream.deleteConsumer("c0")
                shouldThrow<ConsumerNotFoundException> { stream.deleteConsumer("c0") }
                shouldThrow<ConsumerNotFoundException> { stream.consumer("c0").info() }
                stream.consumerNames().toList().size shouldBe 4
            }

            onServer(version, "each policy of delivery is taken") {
                publish(1..3)
                val time = Instant.now().minusSeconds(60)
                stream.createConsumer { deliverPolicy = DeliverPolicy.LAST_PER_SUBJECT }.info().pending shouldBe 1
                stream.createConsumer { deliverPolicy = DeliverPolicy.LAST }.info().pending shouldBe 1
                stream.createConsumer { deliverPolicy = DeliverPolicy.NEW }.info().pending shouldBe 0
                stream.createConsumer {
                    deliverPolicy = DeliverPolicy.BY_START_SEQUENCE
                    startSequence = 2
                }.info().pending shouldBe 2
                stream.createConsumer {
                    deliverPolicy = DeliverPolicy.BY_START_TIME
                    startTime = time
                }.info().config.startTime shouldBe time
            }
        }

        onServer("2.9.10", "several filters, which the server drops, are an error that names them, and nothing is left") {
            val failure = shouldThrow<FeatureNotSupportedException> {
                stream.createConsumer("billing") { filterSubjects("orders.a", "orders.b") }
            }
            failure.feature shouldBe "the consumer's filter_subjects"
            failure.neededVersion shouldBe "2.10"
            stream.consumerNames().toList() shouldBe emptyList()
        }

        for (version in serverVersions.take(2)) {
            onServer(version, "what the server cannot do is refused before it is asked") {
                val consumer = consumer()
                shouldThrow<FeatureNotSupportedException> { consumer.pause(Instant.now().plusSeconds(60)) }
                shouldThrow<FeatureNotSupportedException> { consumer.resume() }
                shouldThrow<FeatureNotSupportedException> { consumer.unpin("a") }
                shouldThrow<FeatureNotSupportedException> { consumer.reset() }
                shouldThrow<FeatureNotSupportedException> {
                    stream.createConsumer("grouped") {
                        priorityGroups = listOf("a")
                        priorityPolicy = PriorityPolicy.PINNED_CLIENT
                    }
                }
                stream.consumerNames().toList() shouldBe listOf("billing")
            }
        }

        onServer("2.15.1", "a consumer is paused and goes on") {
            publish(1..1)
            val consumer = consumer()
            consumer.pause(Instant.now().plusSeconds(600)) shouldBe true
            val paused = consumer.info()
            paused.isPaused shouldBe true
            (paused.pauseRemaining > 5.minutes) shouldBe true
            consumer.next(0.2.seconds) shouldBe null
            consumer.resume()
            consumer.info().isPaused shouldBe false
            consumer.next()?.number shouldBe 1
        }

        onServer("2.15.1", "a consumer is reset") {
            publish(1..3)
            val consumer = consumer()
            repeat(3) { consumer.next()?.ack() }
            until { consumer.info().ackFloor.streamSequence == 3L }
            consumer.reset(2).ackFloor.streamSequence shouldBe 1
            consumer.next()?.number shouldBe 2
            shouldThrow<ConsumerNotFoundException> { stream.consumer("none").reset() }
        }

        onServer("2.15.1", "also a client that is not connected yet refuses a consumer that differs") {
            stream.createConsumer("billing") { metadata = mapOf("team" to "a") }
            val pool = NatsConnectionPool(server.url, size = 4, selection = PoolSelection.RoundRobin)
            try {
                shouldThrow<ConsumerExistsException> {
                    pool.jetStream().stream("ORDERS").createConsumer("billing") { metadata = mapOf("team" to "b") }
                }
            } finally {
                pool.close()
            }
        }

        onServer("2.15.1", "one message, or a few, are pulled by a priority group") {
            stream.createConsumer("billing") {
                priorityGroups = listOf("g")
                priorityPolicy = PriorityPolicy.OVERFLOW
            }
            publish(1..3)
            val consumer = stream.consumer("billing")
            shouldThrow<PullRefusedException> { consumer.next() }
            consumer.next(group = "g")?.number shouldBe 1
            consumer.fetch(2, group = "g").toList().map { it.number } shouldBe listOf(2, 3)
        }
    })
