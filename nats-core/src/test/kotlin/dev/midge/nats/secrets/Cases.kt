package dev.midge.nats.secrets

import dev.midge.nats.AuthResponse
import dev.midge.nats.NatsAuth
import dev.midge.nats.NatsConnection
import dev.midge.nats.internal.auth.TestKey
import dev.midge.nats.internal.auth.TestOperator
import kotlinx.coroutines.coroutineScope
import java.nio.file.Path
import java.util.Base64
import java.util.HexFormat
import kotlin.io.path.writeText

/** The secrets of this test. The user's name is none, and is not shown either. */
internal const val USER = "u53r-0f-m1dge"
internal const val PASSWORD = "p4ssw0rd-0f-m1dge"
internal const val TOKEN = "t0k3n-0f-m1dge"

/** One way to hold credentials: in [auth], or in the URL. */
internal class Case(val name: String, val auth: NatsAuth, val userInfo: String = "") {
    override fun toString(): String = name
}

/** A user of [operator], and a key that a configuration names. */
internal class Identity(val key: TestKey, val operator: TestOperator, directory: Path) {
    private val user = operator.user()
    private val file = directory.resolve("app.creds").apply { writeText(user.credentials) }

    val secrets: List<String> = listOf(USER, PASSWORD, TOKEN, user.jwt, user.jwt.substringAfterLast('.'), user.jwt.split('.')[1]) +
        listOf(key, user.key).flatMap { listOf(it.seed, it.seed.drop(2), HexFormat.of().formatHex(it.raw), it.raw.contentToString()) } +
        listOf(key, user.key).map { Base64.getEncoder().encodeToString(it.raw) }

    fun byPassword(): List<Case> = listOf(
        Case("user and password", NatsAuth.UserPassword(USER, PASSWORD)),
        Case("supplied user and password", NatsAuth.Supplied { NatsAuth.UserPassword(USER, PASSWORD) }),
        Case(
            "user and password of an authenticator",
            NatsAuth.Authenticator {
                AuthResponse {
                    user = USER
                    password = PASSWORD
                }
            },
        ),
        Case("user and password in the URL", NatsAuth.None, "$USER:$PASSWORD@"),
    )

    fun byToken(): List<Case> = listOf(
        Case("token", NatsAuth.Token(TOKEN)),
        Case("supplied token", NatsAuth.Supplied { NatsAuth.Token(TOKEN) }),
        Case("token of an authenticator", NatsAuth.Authenticator { AuthResponse { token = TOKEN } }),
        Case("token in the URL", NatsAuth.None, "$TOKEN@"),
    )

    fun byKey(): List<Case> = listOf(
        Case("NKey", NatsAuth.NKey(key.seed)),
        Case("supplied seed", NatsAuth.NKey { key.seed.toCharArray() }),
        Case("supplied NKey", NatsAuth.Supplied { NatsAuth.NKey(key.seed.toCharArray()) }),
        Case("NKey of an authenticator", NatsAuth.Authenticator { signed(it.nonce, key, null) }),
    )

    fun byJwt(): List<Case> = listOf(
        Case("JWT", NatsAuth.Jwt(user.jwt, NatsAuth.NKey(user.key.seed))),
        Case("credentials", NatsAuth.Credentials(user.credentials)),
        Case("credentials file", NatsAuth.CredentialsFile(file)),
        Case("JWT of an authenticator", NatsAuth.Authenticator { signed(it.nonce, user.key, user.jwt) }),
    )

    fun byBearer(): List<Case> = listOf(Case("bearer JWT", NatsAuth.BearerJwt(user.jwt)))

    fun all(): List<Case> = byPassword() + byToken() + byKey() + byJwt() + byBearer()

    private fun signed(nonce: String, key: TestKey, jwt: String?): AuthResponse {
        val response = AuthResponse {
            this.jwt = jwt
            nkey = key.public.takeIf { jwt == null }
            signature = key.sign(nonce.encodeToByteArray())
        }
        check("signature" in "$response")
        return response
    }
}

/** Connects, uses the connection and closes it, or fails; gathers all that this shows, and says whether it was let in. */
internal suspend fun Shown.life(nats: NatsConnection): Boolean = coroutineScope {
    val events = watch(nats, this)
    val outcome = runCatching {
        nats.connect()
        nats.publish("s", ByteArray(1))
        nats.flush()
    }
    outcome.exceptionOrNull()?.let(::add)
    add(nats)
    nats.close()
    add(nats)
    events.cancel()
    outcome.isSuccess
}
