package dev.midge.nats.bench

import com.github.ajalt.clikt.testing.test
import dev.midge.nats.testing.NatsServerProcess
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain

/** The command against a real server, with counts that say nothing about speed. */
class PoolIT :
    FunSpec({
        test("pool prints a line for each size of pool in every scenario") {
            NatsServerProcess.start().use { server ->
                val result = natsBench().test("pool --server ${server.url} --sizes 16 --rounds 2 --warm-up 0.01 --messages 1000 --work 10")
                result.statusCode shouldBe 0
                val lines = result.stdout.lines().filter { it.isNotBlank() }.map { it.trim().split(Regex(" +")) }
                lines.map { "${it[0]} ${it[3]}" } shouldContainExactly
                    listOf("publish", "receive", "receive-work").flatMap { listOf("$it 1", "$it 2") }
                result.stderr shouldContain "receive-work 16 B, round 2, 2 connections"
            }
        }

        test("pool publishes by TLS") {
            val result = natsBench().test("pool --tls --scenarios publish --sizes 16 --rounds 1 --warm-up 0.01 --messages 1000")
            result.statusCode shouldBe 0
            result.stdout shouldContain "2 connections"
        }

        test("lanes that cannot be spread evenly are a usage error") {
            natsBench().test("pool --lanes 3").stderr shouldContain "--lanes is 3; it has to be a multiple of 2 connections"
        }
    })
