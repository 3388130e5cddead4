package dev.midge.nats.services

import dev.midge.nats.NatsMessage
import dev.midge.nats.NatsOperations
import dev.midge.nats.NatsOptionsDsl
import dev.midge.nats.Reply
import dev.midge.nats.Subject
import dev.midge.nats.services.internal.Answer
import dev.midge.nats.services.internal.Answering
import dev.midge.nats.services.internal.EndpointDefinition
import dev.midge.nats.services.internal.Names
import dev.midge.nats.services.internal.QueueGroup
import kotlinx.coroutines.flow.Flow
import kotlinx.io.readByteArray

/**
 * Takes endpoints: those of a service, or of a group of it, whose prefix stands before their subjects. Not safe to share between threads.
 *
 * **Handlers** run as [EndpointOptions.handlerOptions] say. What they return is published to the request's reply subject; a request without
 * one is handled, and its answer dropped. An exception becomes a reply that the caller sees as
 * [ServiceErrorException][dev.midge.nats.ServiceErrorException]: its own code, words, body and headers if it is one; otherwise 500 and its
 * message, and then it is told as [HandlerFailed][dev.midge.nats.NatsEvent.HandlerFailed] here. An error that the handler has got from another
 * service goes on with that one's code and words, without its body, and is told of too.
 */
@NatsOptionsDsl
public open class Endpoints internal constructor(
    @PublishedApi internal val nats: NatsOperations,
    private val prefix: String,
    private val inherited: () -> QueueGroup,
    internal val definitions: MutableList<EndpointDefinition>,
) {
    private var ownGroup: QueueGroup? = null

    /**
     * Instances share the requests to the endpoints here in the queue group [name], unless one of them says something else. Default: that of
     * the group around this one, or of the service; at the end of it `q`.
     *
     * @throws IllegalArgumentException if it is not the name of one.
     */
    public fun queueGroup(name: String) {
        ownGroup = QueueGroup.of(name)
    }

    /** Each instance gets each request to the endpoints here, unless one of them says something else. */
    public fun noQueueGroup() {
        ownGroup = QueueGroup.None
    }

    /**
     * Adds the endpoints that [configure] adds, with [prefix] before their subjects; groups within it add theirs.
     *
     * @throws IllegalArgumentException if [prefix] ends with `>`; it may be several tokens, and empty.
     */
    public fun group(prefix: String, configure: Endpoints.() -> Unit) {
        val whole = if (Names.checkPrefix(prefix).isEmpty()) this.prefix else Names.join(this.prefix, prefix)
        Endpoints(nats, whole, ::group, definitions).configure()
    }

    /**
     * Adds an endpoint with [name], which is its subject too unless [options] name one.
     *
     * @throws IllegalArgumentException if [name] has more than letters, digits, `-` and `_`.
     * @throws dev.midge.nats.InvalidSubjectException if its subject is none.
     */
    public fun endpoint(name: String, options: EndpointOptions = EndpointOptions.Default, handler: suspend (NatsMessage) -> ByteArray) {
        add(name, options) { request, _ -> Answer(handler(request)) }
    }

    /** As [endpoint], for answers that have headers or come from a Source. */
    public fun endpointWith(name: String, options: EndpointOptions = EndpointOptions.Default, handler: suspend (NatsMessage) -> Reply) {
        add(name, options) { request, _ -> handler(request).let { Answer(it.payload.readByteArray(), it.headers) } }
    }

    /**
     * As [endpoint], for answers of several messages: each element is one, and one without payload is the end, which `requestStream` waits
     * for, and `requestMany` with `endedByEmptyPayload`. An exception is told before the end. Elements have to have a payload.
     *
     * The collector suspends while the outbound buffer is full. A caller that is gone is not noticed: the Flow goes on to its end,
     * and other requests wait for that, unless [EndpointOptions.handlerOptions] let some run side by side. Keep Flows finite.
     */
    public fun streamingEndpoint(
        name: String,
        options: EndpointOptions = EndpointOptions.Default,
        handler: (NatsMessage) -> Flow<ByteArray>,
    ) {
        add(name, options, isStreaming = true) { request, outlet -> outlet.stream(handler(request)) { Answer(it) } }
    }

    internal fun add(name: String, options: EndpointOptions, isStreaming: Boolean = false, answering: Answering) {
        val subject = Subject(Names.join(prefix, options.subject ?: Names.check("endpoint", name)))
        definitions += EndpointDefinition(Names.check("endpoint", name), subject, options, ::group, isStreaming, answering)
    }

    internal fun group(): QueueGroup = ownGroup ?: inherited()
}
