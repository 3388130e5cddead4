package dev.midge.nats.bench.typed

import dev.midge.nats.serialization.CodecRegistry
import dev.midge.nats.serialization.PayloadCodec
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import kotlinx.io.Buffer
import kotlinx.io.readByteArray

private fun PayloadCodec<Order>.json(): ByteArray = Buffer().also { encode(Order.sample, it) }.readByteArray()

class OrderSpec :
    FunSpec({
        test("every client sends the same 100 bytes") {
            val json = CodecRegistry.Default.codec<Order>().json()
            json.size shouldBe Order.JSON_BYTES
            TypedClients.jackson.codec<Order>().json().decodeToString() shouldBe json.decodeToString()
        }
    })
