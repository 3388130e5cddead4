package dev.midge.nats.bench.client

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe

class FrameCounterSpec :
    FunSpec({
        val message = "MSG bench 1 9\r\nPING\r\nPO\n\r\n"
        val stream = ("PING\r\n" + message + message + "PONG\r\n+OK\r\n" + message + "INFO {}\r\n" + message).encodeToByteArray()
        val size = RawFrames.messageSize("bench", sid = 1, replyTo = null, payloadSize = 9)

        test("it knows the length of a message") {
            size shouldBe message.length
        }

        test("it counts messages, pings and pongs wherever reads cut the stream") {
            for (piece in 1..stream.size) {
                val counter = FrameCounter(size)
                val messages = stream.toList().chunked(piece).sumOf { counter.feed(it.toByteArray(), it.size) }
                messages shouldBe 4
                counter.pings shouldBe 1
                counter.pongs shouldBe 1
            }
        }

        test("an error of the server ends the run") {
            val error = "-ERR 'Slow Consumer'\r\n".encodeToByteArray()
            shouldThrow<IllegalStateException> { FrameCounter(size).feed(error, error.size) }
        }
    })
