package dev.midge.nats.bench.typed

import kotlinx.serialization.Serializable

/** What typed benchmarks send: as JSON, 100 bytes of the most common kinds of property. */
@Serializable
data class Order(val id: Long, val customer: String, val item: String, val quantity: Int, val paid: Boolean, val cents: Long) {
    companion object {
        /** The length of [sample] as JSON, whichever library writes it. */
        const val JSON_BYTES = 100

        val sample = Order(id = 4_711_000_042, customer = "Joe Appleseed", item = "red tea", quantity = 12, paid = true, cents = 1_999)
    }
}
