package dev.midge.nats.behaviour

import dev.midge.nats.AuthResponse
import dev.midge.nats.AuthenticationException
import dev.midge.nats.AuthenticationException.Reason
import dev.midge.nats.NatsAuth
import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsEvent
import dev.midge.nats.internal.auth.NKeyType
import dev.midge.nats.internal.auth.TestKey
import dev.midge.nats.internal.auth.TestOperator
import dev.midge.nats.internal.connection.ServerErrors
import dev.midge.nats.testing.NatsServerProcess
import dev.midge.nats.use
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.withContext
import java.net.Socket
import java.time.Instant
import kotlin.io.path.writeText

private fun server(version: String, config: String) = NatsServerProcess.start {
    this.version = version
    this.config = config
}

/** A message goes to the server and back. */
private suspend fun letIn(url: String, auth: NatsAuth) {
    NatsConnection(url) { this.auth = auth }.use { nats ->
        val subscription = nats.subscribe("there")
        nats.publish("there")
        subscription.first()
    }
}

private suspend fun refused(url: String, auth: NatsAuth): Reason =
    NatsConnection(url) { this.auth = auth }.use { nats -> shouldThrow<AuthenticationException> { nats.connect() }.reason }

/** What the server says to a client that it lets in, and then cuts off by itself or because of [cause]. */
private suspend fun errorAfter(url: String, auth: NatsAuth, cause: () -> Unit = {}): String = coroutineScope {
    NatsConnection(url) { this.auth = auth }.use { nats ->
        val error = async(start = CoroutineStart.UNDISPATCHED) { nats.events.filterIsInstance<NatsEvent.ServerError>().first() }
        nats.connect()
        cause()
        error.await().error
    }
}

class AuthenticationIT :
    FunSpec({
        for (version in listOf("2.9.10", "2.10.27", "2.15.1")) {
            test("[nats-server $version] NKeys: the key that it knows is let in, another is not") {
                val (known, other) = List(2) { TestKey(NKeyType.USER) }
                server(version, "authorization { users = [ { nkey: ${known.public} } ] }").use { server ->
                    letIn(server.url, NatsAuth.NKey(known.seed))
                    letIn(server.url, NatsAuth.NKey { known.seed.toCharArray() })
                    letIn(server.url, NatsAuth.Supplied { NatsAuth.NKey(known.seed.toCharArray()) })
                    letIn(
                        server.url,
                        NatsAuth.Authenticator {
                            AuthResponse {
                                nkey = known.public
                                signature = known.sign(it.nonce.encodeToByteArray())
                            }
                        },
                    )
                    refused(server.url, NatsAuth.NKey(other.seed)) shouldBe Reason.REFUSED
                    refused(server.url, NatsAuth.None) shouldBe Reason.REFUSED
                    val forged = AuthResponse {
                        nkey = known.public
                        signature = other.sign(ByteArray(1))
                    }
                    refused(server.url, NatsAuth.Authenticator { forged }) shouldBe Reason.REFUSED
                }
            }

            test("[nats-server $version] JWT: a user of its operator is let in; others, expired and revoked ones are not") {
                val operator = TestOperator()
                val user = operator.user()
                val revoked = operator.user()
                server(version, operator.config(revoked)).use { server ->
                    letIn(server.url, NatsAuth.Jwt(user.jwt, NatsAuth.NKey(user.key.seed)))
                    letIn(server.url, NatsAuth.Credentials(user.credentials.replace("\n", "\r\n")))
                    refused(server.url, NatsAuth.Credentials(revoked.credentials)) shouldBe Reason.REFUSED
                    refused(server.url, NatsAuth.Credentials(TestOperator().user().credentials)) shouldBe Reason.REFUSED
                    val expired = operator.user(expires = Instant.now().epochSecond - 10)
                    refused(server.url, NatsAuth.Credentials(expired.credentials)) shouldBe Reason.REFUSED
                    val wrongKey = NatsAuth.NKey(revoked.key.seed)
                    refused(server.url, NatsAuth.Jwt(user.jwt, wrongKey)) shouldBe Reason.REFUSED
                }
            }

            test("[nats-server $version] a bearer JWT is let in without a key; another user's is not") {
                val operator = TestOperator()
                server(version, operator.config()).use { server ->
                    val bearer = operator.user(bearer = true)
                    letIn(server.url, NatsAuth.BearerJwt("\n${bearer.jwt}\n"))
                    letIn(server.url, NatsAuth.Supplied { NatsAuth.BearerJwt(bearer.jwt) })
                    refused(server.url, NatsAuth.BearerJwt(operator.user().jwt)) shouldBe Reason.REFUSED
                    refused(server.url, NatsAuth.BearerJwt(TestOperator().user(bearer = true).jwt)) shouldBe Reason.REFUSED
                }
            }

            test("[nats-server $version] a credentials file is read again at the next attempt") {
                val operator = TestOperator()
                val file = tempdir().toPath().resolve("app.creds").apply { writeText(TestOperator().user().credentials) }
                server(version, operator.config()).use { server ->
                    NatsConnection(server.url) { auth = NatsAuth.CredentialsFile(file) }.use { nats ->
                        shouldThrow<AuthenticationException> { nats.connect() }.reason shouldBe Reason.REFUSED
                        file.writeText(operator.user().credentials)
                        nats.connect()
                        nats.flush()
                    }
                }
            }

            test("[nats-server $version] a server without keys sends no nonce, and is not sent a JWT") {
                server(version, "authorization { token: t }").use { server ->
                    refused(server.url, NatsAuth.Credentials(TestOperator().user().credentials)) shouldBe Reason.UNAVAILABLE
                }
            }

            test("[nats-server $version] the words for what ends while connected are known") {
                val operator = TestOperator()
                server(version, operator.config()).use { server ->
                    // Two seconds: the server rounds down, and an expired JWT would not be let in at all.
                    val brief = operator.user(expires = Instant.now().epochSecond + 2)
                    val expired = errorAfter(server.url, NatsAuth.Credentials(brief.credentials))
                    expired shouldBe "User Authentication Expired"
                    ServerErrors.refusal(expired) shouldBe Reason.EXPIRED
                    val user = operator.user()
                    val revoked =
                        errorAfter(server.url, NatsAuth.Credentials(user.credentials)) { server.reload(operator.config(revoked = user)) }
                    revoked shouldBe "User Authentication Revoked"
                    ServerErrors.refusal(revoked) shouldBe Reason.REVOKED
                }
            }

            test("[nats-server $version] an account that expires ends its connections, in known words") {
                val operator = TestOperator()
                val user = operator.user()
                server(version, operator.config(expires = Instant.now().epochSecond + 3)).use { server ->
                    val expired = errorAfter(server.url, NatsAuth.Credentials(user.credentials))
                    expired shouldBe "Account Authentication Expired"
                    ServerErrors.refusal(expired) shouldBe Reason.EXPIRED
                }
            }

            test("[nats-server $version] a server that was kept waiting says so in words that refuse no credentials") {
                server(version, "authorization { token: t, timeout: 0.2 }").use { server ->
                    val words = withContext(Dispatchers.IO) {
                        Socket("127.0.0.1", server.port).use { socket -> socket.getInputStream().bufferedReader().readLines() }
                    }
                    words.last() shouldBe "-ERR 'Authentication Timeout'"
                    ServerErrors.refusal("Authentication Timeout") shouldBe null
                }
            }
        }
    })
