package dev.midge.nats.internal.connection

import dev.midge.nats.promises.promise
import dev.midge.nats.testing.EmbeddedNatsServer
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.Runnable
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.StandardTestDispatcher
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.withContext
import java.util.concurrent.Executors
import kotlin.coroutines.Continuation
import kotlin.coroutines.ContinuationInterceptor
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.EmptyCoroutineContext

/** Goes on in place unless it is on another thread than its own, as dispatchers of user interfaces do. */
private object Immediate : CoroutineDispatcher() {
    override fun isDispatchNeeded(context: CoroutineContext): Boolean = false

    override fun dispatch(context: CoroutineContext, block: Runnable) = block.run()
}

/** No dispatcher at all: nobody knows where it goes on. */
private object Passing : ContinuationInterceptor {
    override val key: CoroutineContext.Key<*> = ContinuationInterceptor

    override fun <T> interceptContinuation(continuation: Continuation<T>): Continuation<T> = continuation
}

@OptIn(ExperimentalCoroutinesApi::class)
class OffReaderSpec :
    FunSpec({
        test("callers that go on where they are woken are known, whatever they are called") {
            val inPlace = listOf(EmptyCoroutineContext, Dispatchers.Unconfined, UnconfinedTestDispatcher(), Immediate, Passing)
            inPlace.forEach { (it to goesOnWhereWoken(it)) shouldBe (it to true) }
            Executors.newSingleThreadExecutor().asCoroutineDispatcher().use { own ->
                val elsewhere = listOf(Dispatchers.Default, Dispatchers.IO.limitedParallelism(1), StandardTestDispatcher(), own)
                elsewhere.forEach { (it to goesOnWhereWoken(it)) shouldBe (it to false) }
            }
        }

        for (caller in listOf(UnconfinedTestDispatcher(), Immediate)) {
            promise("a caller in $caller that blocks after a reply does not keep the connection from reading the next") {
                val server = closing(EmbeddedNatsServer.start())
                val nats = connection(server.url)
                nats.respond("echo") { it.payload }
                nats.flush()
                withContext(caller) {
                    nats.request("echo", ByteArray(1)).payload.size shouldBe 1
                    // As Java code that is called back does.
                    runBlocking { nats.request("echo", ByteArray(2)).payload.size shouldBe 2 }
                }
            }
        }
    })
