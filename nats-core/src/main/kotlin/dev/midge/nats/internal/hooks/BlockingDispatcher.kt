package dev.midge.nats.internal.hooks

import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.asCoroutineDispatcher
import java.util.concurrent.Executor
import java.util.concurrent.Executors

/** Where handlers run that may block: each on a virtual thread where there are such (JDK 21), otherwise on `Dispatchers.IO`. */
internal val blockingDispatcher: CoroutineDispatcher = try {
    (Executors::class.java.getMethod("newVirtualThreadPerTaskExecutor").invoke(null) as Executor).asCoroutineDispatcher()
} catch (_: ReflectiveOperationException) {
    Dispatchers.IO
}
