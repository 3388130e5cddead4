package dev.midge.nats.scripted

import dev.midge.nats.AuthResponse
import dev.midge.nats.AuthenticationException
import dev.midge.nats.AuthenticationException.Reason
import dev.midge.nats.ConnectFailedException
import dev.midge.nats.NatsAuth
import dev.midge.nats.NatsConnection
import dev.midge.nats.ServerInfo
import dev.midge.nats.internal.auth.KNOWN_PUBLIC
import dev.midge.nats.internal.auth.KNOWN_SEED
import dev.midge.nats.internal.auth.KNOWN_SIGNATURE
import dev.midge.nats.internal.auth.NKeyType
import dev.midge.nats.internal.auth.TestKey
import dev.midge.nats.internal.auth.TestOperator
import io.kotest.core.spec.style.FunSpec
import io.kotest.datatest.withTests
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldStartWith
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executors
import kotlin.io.path.Path
import kotlin.io.path.writeText
import kotlin.time.Duration.Companion.milliseconds

private const val NONCE_INFO = """{"server_id":"S","version":"2.10.0","headers":true,"nonce":"nonce"}"""
private val credentialFields = setOf("user", "pass", "auth_token", "jwt", "nkey", "sig")

private fun credentials(connect: String): Map<String, String> =
    Json.parseToJsonElement(connect.removePrefix("CONNECT ")).jsonObject.filterKeys(credentialFields::contains)
        .mapValues { it.value.jsonPrimitive.content }

/** The credentials that a connection with [auth] sends. */
private suspend fun sent(auth: NatsAuth, info: String = NONCE_INFO): Map<String, String> = coroutineScope {
    val network = ScriptedNetwork()
    val nats = network.connection { this.auth = auth }
    val connecting = async { nats.connect() }
    val connect = network.accept().letIn(info)
    connecting.await()
    nats.close()
    credentials(connect)
}

/** Connects, and returns why that failed; not a byte was written. */
private suspend fun refused(network: ScriptedNetwork, nats: NatsConnection, info: String = NONCE_INFO): Throwable? = coroutineScope {
    val connecting = async { runCatching { nats.connect() } }
    val server = network.accept()
    server.send("INFO $info\r\n")
    server.closedByClient.await()
    server.line() shouldBe null
    connecting.await().exceptionOrNull()
}

private suspend fun refused(auth: NatsAuth, info: String = NONCE_INFO): AuthenticationException {
    val network = ScriptedNetwork()
    val error = refused(network, network.connection { this.auth = auth }, info).shouldBeInstanceOf<AuthenticationException>()
    error.reason shouldBe Reason.UNAVAILABLE
    return error
}

class AuthenticationSpec :
    FunSpec({
        val user = TestOperator().user()

        test("an NKey sends its public half and signs the nonce") {
            val expected = mapOf("nkey" to KNOWN_PUBLIC, "sig" to KNOWN_SIGNATURE)
            sent(NatsAuth.NKey(KNOWN_SEED)) shouldBe expected
            sent(NatsAuth.NKey(KNOWN_SEED.toCharArray())) shouldBe expected
            sent(NatsAuth.NKey { KNOWN_SEED.toCharArray() }) shouldBe expected
            sent(NatsAuth.Supplied { NatsAuth.NKey("$KNOWN_SEED\n") }) shouldBe expected
        }

        test("a JWT goes with the signature of its user, and so does a credentials file") {
            sent(NatsAuth.Jwt(" a.b.c\n", NatsAuth.NKey(KNOWN_SEED))) shouldBe mapOf("jwt" to "a.b.c", "sig" to KNOWN_SIGNATURE)
            val content = user.credentials.replace(user.key.seed, KNOWN_SEED)
            val file = tempdir().toPath().resolve("app.creds").apply { writeText(content) }
            val expected = mapOf("jwt" to user.jwt, "sig" to KNOWN_SIGNATURE)
            sent(NatsAuth.Credentials(content)) shouldBe expected
            sent(NatsAuth.CredentialsFile(file)) shouldBe expected
        }

        test("an authenticator hears what the server said, and sends what it likes") {
            var heard: ServerInfo? = null
            val auth = NatsAuth.Authenticator { info ->
                heard = info
                AuthResponse {
                    this.user = "u"
                    password = "p"
                    token = "t"
                    jwt = "j"
                    nkey = "n"
                    signature = byteArrayOf(-1, -2, -3)
                }
            }
            sent(auth) shouldBe mapOf("user" to "u", "pass" to "p", "auth_token" to "t", "jwt" to "j", "nkey" to "n", "sig" to "__79")
            heard!!.nonce shouldBe "nonce"
            heard.serverId shouldBe "S"
            sent(NatsAuth.Authenticator { AuthResponse() }) shouldBe emptyMap()
        }

        test("nothing is sent where there is nothing, and the options win over the URL") {
            sent(NatsAuth.None) shouldBe emptyMap()
            sent(NatsAuth.Supplied { NatsAuth.None }) shouldBe emptyMap()
            val server = RecordingServer()
            val nats = server.connection("nats://joe:s3cret@a") { auth = NatsAuth.Token("t") }
            nats.connect()
            credentials(server.taken().substringBefore("\r\n")) shouldBe mapOf("auth_token" to "t")
            nats.close()
        }

        test("what comes from outside is asked for again at every attempt") {
            val file = tempdir().toPath().resolve("app.creds").apply { writeText("none yet") }
            var asked = 0
            val network = ScriptedNetwork()
            val supplied = network.connection { auth = NatsAuth.Supplied { NatsAuth.Token("t${++asked}") } }
            val seeds = network.connection { auth = NatsAuth.NKey { if (++asked < 3) error("not yet") else KNOWN_SEED.toCharArray() } }
            val fromFile = network.connection { auth = NatsAuth.CredentialsFile(file) }
            coroutineScope {
                val first = async { runCatching { supplied.connect() } }
                network.accept().run {
                    send("INFO $NONCE_INFO\r\n")
                    credentials(line()!!) shouldBe mapOf("auth_token" to "t1")
                    send("-ERR 'Authorization Violation'\r\n")
                }
                first.await().exceptionOrNull().shouldBeInstanceOf<AuthenticationException>().reason shouldBe Reason.REFUSED
                refused(network, seeds).shouldBeInstanceOf<AuthenticationException>()
                refused(network, fromFile).shouldBeInstanceOf<AuthenticationException>().message shouldStartWith "$file"
                file.writeText(user.credentials)
                val sent = listOf(supplied, seeds, fromFile).map { nats ->
                    val connecting = async { nats.connect() }
                    credentials(network.accept().letIn(NONCE_INFO)).also { connecting.await() }
                }
                sent[0] shouldBe mapOf("auth_token" to "t3")
                sent[1].getValue("nkey") shouldBe KNOWN_PUBLIC
                sent[2].getValue("jwt") shouldBe user.jwt
            }
            listOf(supplied, seeds, fromFile).forEach { it.close() }
        }

        test("the array that a supplier of seeds returned is zero afterwards, the one of a caller is not") {
            val supplied = KNOWN_SEED.toCharArray()
            sent(NatsAuth.NKey { supplied })
            supplied.concatToString() shouldBe "\u0000".repeat(KNOWN_SEED.length)
            val given = KNOWN_SEED.toCharArray()
            val auth = NatsAuth.NKey(given)
            given.fill('x')
            repeat(2) { sent(auth).getValue("nkey") shouldBe KNOWN_PUBLIC }
            val bad = "SUxx".toCharArray()
            refused(NatsAuth.NKey { bad })
            bad.concatToString() shouldBe "\u0000".repeat(4)
        }

        context("what cannot be shown fails before CONNECT, with the reason") {
            withTests(
                mapOf(
                    "a seed that is none" to (NatsAuth.NKey("SUBMARINE") to "seed is not valid: it is 9 characters long"),
                    "the seed of an account" to (NatsAuth.NKey(TestKey(NKeyType.ACCOUNT).seed) to "not a user's"),
                    "a JWT with such a seed" to (NatsAuth.Jwt("a.b.c", NatsAuth.NKey("")) to "seed is not valid"),
                    "credentials that are none" to (NatsAuth.Credentials("x") to "credentials are not valid"),
                    "a file that is not there" to (NatsAuth.CredentialsFile(Path("no/such.creds")) to "no/such.creds cannot be read"),
                    "a supplier of a supplier" to (NatsAuth.Supplied { NatsAuth.Supplied { NatsAuth.None } } to "another supplier"),
                ),
            ) { (auth, reason) -> refused(auth).message shouldContain reason }
        }

        test("a server that sends no nonce cannot take an NKey or a JWT") {
            val kinds = listOf(
                NatsAuth.NKey(KNOWN_SEED),
                NatsAuth.Jwt("a.b.c", NatsAuth.NKey(KNOWN_SEED)),
                NatsAuth.Credentials(user.credentials),
            )
            for (auth in kinds) refused(auth, ScriptedServer.INFO).message shouldContain "no nonce"
        }

        test("what a supplier or an authenticator throws is the cause, also a timeout of its own") {
            val failure = IllegalStateException("the vault is sealed")
            val kinds = listOf(
                NatsAuth.Supplied { throw failure },
                NatsAuth.NKey { throw failure },
                NatsAuth.Authenticator { throw failure },
            )
            for (auth in kinds) {
                val error = refused(auth)
                error.message shouldContain "IllegalStateException"
                generateSequence(error.cause) { it.cause }.last() shouldBe failure
            }
            refused(NatsAuth.Supplied { withTimeout(1.milliseconds) { awaitCancellation() } }).message shouldContain
                "TimeoutCancellationException"
        }

        test("a supplier that hangs is bounded by the connect timeout, whether it listens to the cancellation or not") {
            val cancelled = CompletableDeferred<Unit>()
            val blocking = CountDownLatch(1)
            val listening = NatsAuth.Supplied {
                try {
                    awaitCancellation()
                } finally {
                    cancelled.complete(Unit)
                }
            }
            val deaf = NatsAuth.Supplied { withContext(Dispatchers.IO) { blocking.await() }.let { NatsAuth.None } }
            for (auth in listOf(listening, deaf)) {
                val network = ScriptedNetwork()
                val nats = network.connection {
                    this.auth = auth
                    timeouts { connect = 50.milliseconds }
                }
                refused(network, nats).shouldBeInstanceOf<ConnectFailedException>().message shouldContain "50ms"
            }
            blocking.countDown()
            cancelled.await()
        }

        test("users' functions run in the dispatcher of the options") {
            val threads = ArrayList<String>()
            Executors.newSingleThreadExecutor { Thread(it, "theirs") }.asCoroutineDispatcher().use { theirs ->
                val network = ScriptedNetwork()
                val kinds = listOf(
                    NatsAuth.Supplied { NatsAuth.None.also { threads += Thread.currentThread().name.substringBefore(' ') } },
                    NatsAuth.Authenticator { AuthResponse().also { threads += Thread.currentThread().name.substringBefore(' ') } },
                )
                for (kind in kinds) {
                    val nats = network.connection {
                        auth = kind
                        dispatcher = theirs
                    }
                    coroutineScope {
                        val connecting = async { nats.connect() }
                        network.accept().letIn()
                        connecting.await()
                    }
                    nats.close()
                }
            }
            threads shouldContainExactly listOf("theirs", "theirs")
        }

        test("the kinds of refusal are told apart") {
            val kinds = mapOf(
                "Authorization Violation" to Reason.REFUSED,
                "User Authentication Expired" to Reason.EXPIRED,
                "Account Authentication Expired" to Reason.EXPIRED,
                "User Authentication Revoked" to Reason.REVOKED,
            )
            for ((text, reason) in kinds) {
                val network = ScriptedNetwork()
                val nats = network.connection()
                coroutineScope {
                    val connecting = async { runCatching { nats.connect() } }
                    network.accept().send("INFO $NONCE_INFO\r\n-ERR '$text'\r\n")
                    connecting.await().exceptionOrNull().shouldBeInstanceOf<AuthenticationException>().reason shouldBe reason
                }
            }
        }
    })
