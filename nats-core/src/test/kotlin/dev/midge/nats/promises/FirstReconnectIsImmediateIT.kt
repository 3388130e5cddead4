package dev.midge.nats.promises

import dev.midge.nats.NatsEvent
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.comparables.shouldBeLessThanOrEqualTo
import io.kotest.matchers.shouldBe
import io.kotest.matchers.shouldNotBe
import kotlinx.coroutines.delay
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.measureTime

class FirstReconnectIsImmediateIT :
    FunSpec({
        promise("the first reconnect to another server of the pool is immediate", longRun) {
            val servers = List(2) { server() }
            // The default is 2 s; it is not for the other server.
            val wait = if (chaos) 2.seconds else 500.milliseconds
            val nats = connection(servers.joinToString(",") { it.url }) { reconnect { this.wait = wait } }
            nats.connect()
            val events = eventsOf(nats)
            val times = ArrayList<Duration>()
            repeat(rounds(15, 100)) {
                val victim = servers.single { it.port == nats.serverInfo.value?.port }
                victim.kill()
                val lost = events.nextSeen { it is NatsEvent.Disconnected }
                val attempt = events.next<NatsEvent.Reconnecting>()
                attempt.delay shouldBe Duration.ZERO
                val back = events.nextSeen { it is NatsEvent.Reconnected }
                (back.event as NatsEvent.Reconnected).url shouldNotBe victim.url
                // What a busy machine takes to let anybody in is not the client's.
                val control = measureTime { connection(servers.single { it !== victim }.url).connect() }
                times += back.at - lost.at - control
                // It may be held up once, but never waits.
                times.last() shouldBeLessThanOrEqualTo wait * 0.9
                nats.flush()
                victim.restart()
                // Until it may be tried again there is no other server.
                delay(wait + nats.options.reconnect.jitter - lost.at.elapsedNow())
            }
            val median = times.sorted()[times.size / 2]
            figure("FirstReconnectIsImmediate: $median in the median beyond what connecting takes, at most ${times.max()}")
            median shouldBeLessThanOrEqualTo 100.milliseconds
        }

        promise("the server that was lost is left alone for the wait, and no server is tried more often than it says") {
            val server = server()
            val proxy = proxy(server.port)
            val nats = connection(proxy.url) {
                reconnect {
                    wait = 300.milliseconds
                    jitter = 50.milliseconds
                }
            }
            nats.connect()
            val events = eventsOf(nats)
            proxy.refuseConnections()
            proxy.closeConnections()
            var before = events.nextSeen { it is NatsEvent.Disconnected }.at
            repeat(4) {
                val delay = events.next<NatsEvent.Reconnecting>().delay
                (delay <= 350.milliseconds) shouldBe true
                val failed = events.nextSeen { it is NatsEvent.ReconnectFailed }.at
                (failed - before >= 290.milliseconds) shouldBe true
                before = failed
            }
            proxy.heal()
            events.next<NatsEvent.Reconnected>()
        }
    })
