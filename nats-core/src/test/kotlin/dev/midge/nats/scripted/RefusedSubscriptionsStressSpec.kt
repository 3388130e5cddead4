package dev.midge.nats.scripted

import dev.midge.nats.Subscription
import dev.midge.nats.internal.connection.awaitRefused
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelChildren
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.job
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlinx.coroutines.yield
import java.util.concurrent.ConcurrentLinkedQueue
import kotlin.random.Random

private const val ROUNDS = 40
private const val STEPS = 60
private const val LIMIT = 12

/** Two parties subscribe, leave and flush as they like at a server that has room for a few. */
class RefusedSubscriptionsStressSpec :
    FunSpec({
        test("client and server agree on who is subscribed, whatever was refused while others came and left") {
            withContext(Dispatchers.Default) { repeat(ROUNDS) { round(it) } }
        }
    })

private suspend fun round(seed: Int) = coroutineScope {
    val network = ScriptedNetwork()
    val nats = network.connection()
    launch { nats.connect() }
    val server = network.accept()
    server.letIn()
    nats.connect()
    val limited = LimitedServer(server, LIMIT)
    limited.serve(this)
    val made = ConcurrentLinkedQueue<Subscription>()

    suspend fun CoroutineScope.party(random: Random) {
        val own = ArrayList<Subscription>()
        repeat(STEPS) { step ->
            when (random.nextInt(10)) {
                in 0..3 -> own += nats.subscribe("flow.$step")
                in 4..5 -> own += nats.subscribe("shared.${random.nextInt(3)}") {}
                in 6..7 -> own.removeRandom(random)?.unsubscribe()
                8 -> nats.flush()
                else -> yield()
            }
        }
        made += own
    }
    val parties = List(2) { launch { party(Random(seed * 2 + it)) } }
    parties.forEach { it.join() }
    nats.flush()
    nats.supervisor.awaitRefused()
    nats.flush()
    val active = made.filter { it.isActive }.mapTo(HashSet()) { it.sid }
    (seed to limited.known.keys.toSet()) shouldBe (seed to active)
    nats.stats().subscriptions shouldBe active.size
    nats.close()
    coroutineContext.job.cancelChildren()
}

private fun <T> MutableList<T>.removeRandom(random: Random): T? = if (isEmpty()) null else removeAt(random.nextInt(size))
