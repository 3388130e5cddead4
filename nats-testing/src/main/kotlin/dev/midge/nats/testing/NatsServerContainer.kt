package dev.midge.nats.testing

import org.testcontainers.containers.GenericContainer
import org.testcontainers.containers.wait.strategy.Wait
import org.testcontainers.utility.DockerImageName

/**
 * The real `nats-server` in a container. Needs a Docker engine and the optional dependency `org.testcontainers:testcontainers`.
 *
 * ```kotlin
 * NatsServerContainer().withJetStream().use { server ->
 *     server.start()
 *     connect(server.url)
 * }
 * ```
 * The container is ready when its log says so; the functions named `with...` have to be called before `start`.
 *
 * @param image the image to run; anything compatible with the official `nats`.
 */
public class NatsServerContainer
@JvmOverloads
constructor(image: DockerImageName = DEFAULT_IMAGE) :
    GenericContainer<NatsServerContainer>(image) {
    private val arguments = mutableListOf("--http_port", MONITORING_PORT.toString())

    init {
        image.assertCompatibleWith(DEFAULT_IMAGE)
        withExposedPorts(CLIENT_PORT, MONITORING_PORT)
        waitingFor(Wait.forLogMessage(".*Server is ready.*\\n", 1))
    }

    /** Where clients connect: `nats://host:port`. Known once the container runs. */
    public val url: String get() = "nats://$host:${getMappedPort(CLIENT_PORT)}"

    /** The monitoring endpoint. Known once the container runs. */
    public val monitorUrl: String get() = "http://$host:${getMappedPort(MONITORING_PORT)}"

    /** Lets in only the user [name] with [password]. */
    public fun withUser(name: String, password: String): NatsServerContainer = withArguments("--user", name, "--pass", password)

    /** Lets in only whoever presents [token]. */
    public fun withToken(token: String): NatsServerContainer = withArguments("--auth", token)

    /** Turns JetStream on. */
    public fun withJetStream(): NatsServerContainer = withArguments("--jetstream")

    /** Adds command line arguments of `nats-server`. */
    public fun withArguments(vararg arguments: String): NatsServerContainer = apply { this.arguments += arguments }

    override fun configure() {
        withCommand(*arguments.toTypedArray())
    }

    /** What the official image says about itself. */
    public companion object {
        /** The image that is run if none is given. */
        @JvmField
        public val DEFAULT_IMAGE: DockerImageName = DockerImageName.parse("nats:2.10-alpine")

        /** The client port inside the container. */
        public const val CLIENT_PORT: Int = 4222

        /** The monitoring port inside the container. */
        public const val MONITORING_PORT: Int = 8222
    }
}
