package dev.midge.nats.samples

import dev.midge.nats.Nats
import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsContext
import dev.midge.nats.NatsOptions
import dev.midge.nats.RequestManyLimits
import dev.midge.nats.ServiceErrorException
import dev.midge.nats.Subject
import dev.midge.nats.serialization.request
import dev.midge.nats.services.EndpointOptions
import dev.midge.nats.services.PathTrace
import dev.midge.nats.services.Service
import dev.midge.nats.services.ServiceInfo
import dev.midge.nats.services.ServicePing
import dev.midge.nats.services.ServiceStats
import dev.midge.nats.services.endpoint
import dev.midge.nats.services.requestStream
import dev.midge.nats.services.service
import dev.midge.nats.services.services
import dev.midge.nats.services.tracePath
import kotlinx.coroutines.flow.asFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.withTimeoutOrNull
import kotlinx.serialization.Serializable
import kotlin.time.Duration.Companion.seconds

// The Kotlin half of docs/services.md, line for line; java/ServicesTasks.java is the other. ServicesGuideSpec compares and runs them.

internal class ServicesTasks(private val nats: Nats) {
    @Serializable
    data class Item(val name: String, val count: Int)

    @Serializable
    data class Price(val total: Int)

    private val stored = mutableListOf("17" to "coffee")

    private fun create(order: String): String = "created $order"

    suspend fun start(): Service {
        // snippet: start
        val service = nats.service("orders", "1.2.0") {
            description = "takes orders"
            metadata = mapOf("team" to "shop")
            group("orders.v1") {
                endpoint("create") { request -> create(request.text()).encodeToByteArray() }
            }
        }
        // end
        return service
    }

    suspend fun call(): String {
        // snippet: call
        val reply = nats.requestText("orders.v1.create", "coffee")
        // end
        return reply.text()
    }

    suspend fun fail(service: Service) {
        // snippet: fail
        service.add {
            endpoint("find", EndpointOptions { subject = "orders.v1.find.*" }) { request ->
                val id = request.subject.substringAfterLast('.')
                val order = stored.firstOrNull { it.first == id } ?: throw ServiceErrorException(404, "no order $id")
                order.second.encodeToByteArray()
            }
        }
        // end
    }

    suspend fun handle(id: String): String {
        // snippet: handle
        val found = try {
            nats.request("orders.v1.find.$id").text()
        } catch (e: ServiceErrorException) {
            "${e.code}: ${e.error}" // e.body and e.headers have what came with it
        }
        // end
        return found
    }

    suspend fun typed(service: Service): Int {
        // snippet: typed
        service.add {
            group("orders.v1") {
                endpoint<Item, Price>("price") { item -> Price(item.count * 3) }
            }
        }
        val price = nats.request<Item, Price>("orders.v1.price", Item("coffee", 2))
        // end
        return price.total
    }

    suspend fun share(): Service {
        // snippet: share
        val service = nats.service("audit", "1.0.0") {
            queueGroup("auditors") // instead of "q"
            val parallel = EndpointOptions { concurrency = 8 }
            endpoint("check", parallel) { it.payload }
            endpoint("refresh", EndpointOptions { noQueueGroup() }) { it.payload } // every instance does
        }
        // end
        return service
    }

    suspend fun stream(service: Service): List<String> {
        val texts = ArrayList<String>()
        // snippet: stream
        service.add {
            group("orders.v1") {
                streamingEndpoint("list") { (1..3).asFlow().map { "order $it".encodeToByteArray() } }
            }
        }
        nats.requestStream("orders.v1.list", within = 30.seconds).collect { texts += it.text() }
        // end
        return texts
    }

    suspend fun find(): Pair<ServicePing, ServiceInfo> {
        // snippet: find
        val services = nats.services()
        val one = services.ping("orders").first()
        val about = services.info("orders", one.id).first()
        val subjects = about.endpoints.map { it.subject }
        // end
        check("orders.v1.create" in subjects)
        return one to about
    }

    suspend fun stats(service: Service): ServiceStats {
        // snippet: stats
        service.add {
            endpoint("cached", EndpointOptions { statsData = { """{"entries":${stored.size}}""" } }) { it.payload }
        }
        val stats = nats.services().stats("orders", service.id).first()
        for (endpoint in stats.endpoints) println("${endpoint.name}: ${endpoint.requests}, ${endpoint.averageProcessingTime}")
        // end
        return stats
    }

    suspend fun gather(): List<String> {
        // snippet: gather
        val limits = RequestManyLimits {
            total = 5.seconds
            maxMessages = 3
        }
        val offers = nats.requestMany("offers", "coffee".encodeToByteArray(), limits = limits).map { it.text() }.toList()
        // end
        return offers
    }

    suspend fun scatter(): List<String> {
        val offers = ArrayList<String>()
        // snippet: scatter
        val inbox = nats.newInbox()
        val replies = nats.subscribe(inbox)
        for (shop in listOf("offers.north", "offers.south")) nats.publish(Subject(shop), "coffee".encodeToByteArray(), replyTo = inbox)
        withTimeoutOrNull(5.seconds) { replies.take(2).collect { offers += it.text() } }
        replies.unsubscribe()
        // end
        return offers
    }

    suspend fun trace(): PathTrace {
        // snippet: trace
        val trace = nats.tracePath("orders.v1.create")
        for (receiver in trace.receivers) println("${receiver.name} as ${receiver.queueGroup}")
        println(trace) // the servers, as a tree
        // end
        return trace
    }

    fun context(): NatsConnection {
        // snippet: context
        val options = NatsOptions {
            NatsContext.load("production").applyTo(this)
            name = "orders"
        }
        val nats = NatsConnection(options)
        // end
        return nats
    }

    suspend fun stop(service: Service) {
        // snippet: stop
        service.stop()
        // end
    }
}
