package dev.midge.nats.objectstore.internal

import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runInterruptible
import java.io.Closeable

// Views of `Dispatchers.IO` have threads of their own beyond its 64: whoever blocks all of those waits for nobody that waits for one of
// them.

private const val FILE_THREADS = 64
private const val COLLECTING_THREADS = 8

/** For reads and writes that block, which may be those of a [ChunkInputStream]. */
internal val FILES: CoroutineDispatcher = Dispatchers.IO.limitedParallelism(FILE_THREADS)

/** For what a [ChunkInputStream] waits for. Nothing blocks here. */
internal val COLLECTING: CoroutineDispatcher = Dispatchers.IO.limitedParallelism(COLLECTING_THREADS)

/** What [block] does with what [open] opens, which is closed whatever ends this: a cancellation between the two as well. */
internal suspend fun <T : Closeable> opened(open: () -> T, block: suspend (T) -> Unit) {
    var opened: T? = null
    Closeable { opened?.close() }.use {
        runInterruptible(FILES) { opened = open() }
        block(checkNotNull(opened))
    }
}
