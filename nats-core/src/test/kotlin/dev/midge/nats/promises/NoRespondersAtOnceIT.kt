package dev.midge.nats.promises

import dev.midge.nats.NoRespondersException
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.comparables.shouldBeLessThanOrEqualTo
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.flow.toList
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.measureTime

class NoRespondersAtOnceIT :
    FunSpec({
        for (version in serverVersions) {
            promise("a request that nobody would answer fails at once with an exception of its own, on nats-server $version") {
                val server = server(version)
                val nats = connection(server.url)
                // The first request subscribes the inbox, and loads classes.
                shouldThrow<NoRespondersException> { nats.request("nobody", timeout = 30.seconds) }.subject shouldBe "nobody"
                var longest = Duration.ZERO
                repeat(rounds(100, 1_000)) { number ->
                    val time = measureTime {
                        if (number % 2 == 0) {
                            shouldThrow<NoRespondersException> { nats.request("nobody.$number", timeout = 30.seconds) }
                        } else {
                            shouldThrow<NoRespondersException> { nats.requestMany("nobody.$number").toList() }
                        }
                    }
                    longest = maxOf(longest, time)
                }
                longest shouldBeLessThanOrEqualTo 50.milliseconds
                nats.stats().pendingRequests shouldBe 0
                figure("NoRespondersAtOnce $version: at most $longest")
            }
        }
    })
