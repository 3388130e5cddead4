package dev.midge.nats.serialization.internal

import com.fasterxml.jackson.core.util.BufferRecycler
import com.fasterxml.jackson.core.util.RecyclerPool

/** What Jackson reads and writes in, for mappers of this module: by default Jackson keeps some 16 KiB for every thread that ever decoded. */
internal class JacksonBuffers : RecyclerPool<BufferRecycler> {
    private val spares = Spares<BufferRecycler>()

    override fun acquirePooled(): BufferRecycler = spares.take() ?: BufferRecycler()

    override fun releasePooled(pooled: BufferRecycler) = spares.keep(pooled)
}
