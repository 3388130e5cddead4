package dev.midge.nats.bench

import com.github.ajalt.clikt.testing.test
import dev.midge.nats.testing.NatsServerProcess
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldNotContain

class TypedCommandIT :
    FunSpec({
        val server = NatsServerProcess.start()
        afterSpec { server.close() }

        test("typed prints a line a client in both scenarios") {
            val command = "typed --server ${server.url} --scenarios publish,pubsub --rounds 2 --warm-up 0.01 --messages 500"
            val result = natsBench().test(command)
            result.statusCode shouldBe 0
            listOf("publish", "pubsub", "midge-kotlinx", "midge-jackson", "jnats-jackson").forEach { result.stdout shouldContain it }
            result.stderr shouldContain "publish 100 B, round 2 of 2, jnats-jackson"
            result.stderr shouldNotContain "FAILED"
        }
    })
