package dev.midge.nats.bench.cli

import com.github.ajalt.clikt.parameters.groups.OptionGroup
import com.github.ajalt.clikt.parameters.options.default
import com.github.ajalt.clikt.parameters.options.option
import com.github.ajalt.clikt.parameters.types.int
import com.github.ajalt.clikt.parameters.types.restrictTo
import dev.midge.nats.bench.alone.option
import dev.midge.nats.bench.stores.StoreSizes

/** How large buckets and objects are: of `stores`, and of the processes that it starts. */
internal class StoreOptions : OptionGroup() {
    private val keys by option(help = "Keys of the bucket").int().restrictTo(min = 1).default(100_000)
    private val chunks by option(help = "Chunks of 128 KiB of the object").int().restrictTo(min = 1).default(2_048)

    fun sizes(value: Int): StoreSizes = StoreSizes(value, keys, chunks)

    /** What a process is told of them. */
    fun arguments(): List<String> = buildList {
        option("keys", keys)
        option("chunks", chunks)
    }
}
