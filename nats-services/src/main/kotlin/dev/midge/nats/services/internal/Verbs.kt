package dev.midge.nats.services.internal

import dev.midge.nats.HandlerOptions
import dev.midge.nats.InternalNatsApi
import dev.midge.nats.NatsMessage
import dev.midge.nats.NatsOperations
import dev.midge.nats.Subject
import dev.midge.nats.Subscription
import dev.midge.nats.replyAddress
import kotlinx.coroutines.Dispatchers
import kotlinx.serialization.json.JsonObject

/**
 * Answers what everybody may ask a service (ADR-32), without a queue group: each instance answers. On threads of its own, so that nobody
 * who asks waits behind the handlers of endpoints; one that may block, as it calls the endpoints for data, does not hold up the others.
 */
internal class Verbs(private val nats: NatsOperations, private val facts: ServiceFacts, private val endpoints: () -> List<EndpointRun>) {
    /** Subscribes all; hands each to [made] as soon as it is made. */
    suspend fun subscribe(made: (Subscription) -> Unit) {
        answer("PING", made) { facts.ping() }
        answer("INFO", made) { facts.info(endpoints()) }
        answer("STATS", made) { facts.stats(endpoints()) }
    }

    private suspend fun answer(verb: String, made: (Subscription) -> Unit, json: () -> JsonObject) {
        val options = HandlerOptions(dispatcher = Dispatchers.IO.limitedParallelism(1))
        for (subject in listOf(verb, "$verb.${facts.name}", "$verb.${facts.name}.${facts.id}").map { Subject("${facts.prefix}.$it") }) {
            made(nats.subscribe(subject, handlerOptions = options) { request -> reply(subject, request, json) })
        }
    }

    @OptIn(InternalNatsApi::class)
    private suspend fun reply(subject: Subject, request: NatsMessage, json: () -> JsonObject) {
        val replyTo = request.replyAddress ?: return
        nats.seam(subject).connection.publish(replyTo, json().toString().encodeToByteArray())
    }
}
