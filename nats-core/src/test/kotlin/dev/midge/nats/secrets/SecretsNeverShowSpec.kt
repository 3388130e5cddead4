package dev.midge.nats.secrets

import dev.midge.nats.AuthResponse
import dev.midge.nats.NatsAuth
import dev.midge.nats.NatsConnection
import dev.midge.nats.internal.auth.NKeyType
import dev.midge.nats.internal.auth.TestKey
import dev.midge.nats.internal.auth.TestOperator
import dev.midge.nats.internal.connection.SentSecrets
import dev.midge.nats.scripted.RecordingServer
import dev.midge.nats.scripted.ScriptedNetwork
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.io.IOException
import kotlin.io.path.writeText

private const val INFO = """{"server_id":"S","version":"2.10.0","headers":true,"max_payload":1048576,"nonce":"n0nce"}"""

/** What a server may make of the argument of CONNECT, as a line. */
private val echoes = listOf<(String) -> String>(
    { "-ERR 'Parser Error: CONNECT $it'" },
    { "-ERR 'Parser Error: \"${it.replace("\\", "\\\\").replace("\"", "\\\"")}\"'" },
    { "-ERR 'Authorization Violation: ${it.dropLast(it.length / 10)}'" },
    { "-ERR 'Permissions Violation for Publish to \"${Regex("\"(pass|auth_token|jwt|sig)\":\"([^\"]*)").find(it)!!.groupValues[2]}\"'" },
    { Regex("\"(pass|auth_token|jwt|sig)\":\"([^\"]*)").find(it)!!.groupValues[2] },
)

class SecretsNeverShowSpec :
    FunSpec({
        val identity = Identity(TestKey(NKeyType.USER), TestOperator(), tempdir().toPath())

        val signing = identity.byKey().map { it.name }

        for (case in identity.all()) {
            test("$case: let in, and everything that a program could show shows none of it") {
                Shown().use { shown ->
                    val server = RecordingServer(INFO)
                    shown.life(server.connection("nats://${case.userInfo}recorded") { auth = case.auth }) shouldBe true
                    // They were sent: what is not used cannot show.
                    val written = server.taken()
                    identity.secrets.any { it in written } shouldBe (case.name !in signing)
                    shown.holdsNone(identity.secrets)
                }
            }

            test("$case: refused, hung up on, unreachable, and none of it is shown") {
                Shown().use { shown ->
                    val network = ScriptedNetwork()
                    fun connection(): NatsConnection = network.connection("nats://${case.userInfo}a,nats://${case.userInfo}b") {
                        auth =
                            case.auth
                    }
                    for (answer in listOf("-ERR 'Authorization Violation'\r\n", "-ERR 'Other'\r\n", "HTTP/1.1 400\r\n", null)) {
                        coroutineScope {
                            val failed = async { shown.life(connection()) }
                            repeat(2) {
                                val server = network.accept()
                                server.send("INFO $INFO\r\n")
                                server.line()
                                if (answer == null) server.hangUp() else server.send(answer)
                            }
                            failed.await() shouldBe false
                        }
                    }
                    network.refusal = IOException("refused")
                    shown.life(connection()) shouldBe false
                    shown.holdsNone(identity.secrets)
                }
            }
        }

        for (case in identity.all()) {
            test("$case: a server that says what it was told again, whole, quoted or cut off, has it shown to nobody") {
                Shown().use { shown ->
                    for (echo in echoes) {
                        val network = ScriptedNetwork()
                        fun connection() = network.connection("nats://${case.userInfo}a") { auth = case.auth }
                        // At once, then to a connection in use.
                        for (early in listOf(true, false)) {
                            coroutineScope {
                                val life = async { shown.life(connection()) }
                                val server = network.accept()
                                if (early) server.send("INFO $INFO\r\n")
                                val connect = if (early) server.line()!! else server.letIn(INFO)
                                server.send(echo(connect.removePrefix("CONNECT ")) + "\r\n")
                                server.hangUp()
                                life.await() shouldBe false
                            }
                        }
                    }
                    shown.holdsNone(identity.secrets)
                    shown.holdsNone(identity.secrets.filter { it.length > 8 }.map { it.take(8) })
                }
            }
        }

        test("short secrets and names are words like others, except where CONNECT has them") {
            val secrets = SentSecrets.of(
                AuthResponse {
                    user = "joe"
                    password = "foo"
                    token = "t"
                },
                null,
            )
            secrets.mask("Permissions Violation for Publish to \"foo.joe\"") shouldBe "Permissions Violation for Publish to \"foo.joe\""
            secrets.mask("""{"user":"joe","pass":"foo","auth_token":"t"}""") shouldBe """{"user"***,"pass"***,"auth_token"***}"""
            SentSecrets.of(AuthResponse { password = "a\"b\\c-long" }, null).mask("""x "pass":"a\"b\\c-long" x""") shouldBe
                """x "pass":"***" x"""
            SentSecrets.None.mask("x") shouldBe "x"
        }

        test("what cannot be used is not shown either") {
            val seed = identity.key.seed
            val damaged = seed.replaceRange(30, 31, if (seed[30] == 'A') "B" else "A")
            val file = tempdir().toPath().resolve("bad.creds").apply { writeText("---\n$seed\n---\n---\n$PASSWORD\n---\n") }
            val kinds = listOf(
                NatsAuth.NKey(damaged),
                NatsAuth.NKey(seed + "X"),
                NatsAuth.Jwt(PASSWORD, NatsAuth.NKey(damaged)),
                NatsAuth.Credentials("---\n$seed\n---\n---\n$TOKEN\n---\n"),
                NatsAuth.CredentialsFile(file),
            )
            Shown().use { shown ->
                for (kind in kinds) shown.life(RecordingServer(INFO).connection { auth = kind }) shouldBe false
                shown.holdsNone(identity.secrets + damaged + damaged.drop(2) + damaged.take(20))
            }
        }

        test("a URL that is not valid is refused without showing it") {
            Shown().use { shown ->
                for (url in listOf("http://$USER:$PASSWORD@a", "nats://$USER:$PASSWORD@a:x", "nats://$TOKEN%zz@a", "nats://$TOKEN@a b")) {
                    runCatching { NatsConnection(url) }.exceptionOrNull()!!.let(shown::add)
                }
                shown.life(RecordingServer(INFO).connection()) shouldBe true
                shown.holdsNone(identity.secrets)
            }
        }

        test("an answer says which fields it has and not what they hold") {
            val response = AuthResponse {
                user = USER
                password = PASSWORD
                token = TOKEN
                jwt = "j-w-t"
                nkey = identity.key.public
                signature = byteArrayOf(1)
            }
            "$response" shouldBe "AuthResponse(user, password, token, jwt, nkey, signature)"
            "${AuthResponse { token = TOKEN }}" shouldBe "AuthResponse(token)"
        }

        test("this test would see a secret in a log, an exception or an event") {
            for (show in listOf<(Shown) -> Unit>({ it.add(IllegalStateException("a", IOException(TOKEN))) }, { it.add("x${TOKEN}x") })) {
                Shown().use { shown ->
                    show(shown)
                    runCatching { shown.holdsNone(identity.secrets) }.exceptionOrNull()!!.message shouldContain TOKEN
                }
            }
        }
    })
