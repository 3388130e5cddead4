package dev.midge.nats.internal.auth

import kotlinx.serialization.json.JsonObjectBuilder
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.put
import kotlinx.serialization.json.putJsonObject
import java.time.Instant
import java.util.Base64

/** A user with its JWT, as an account issued it. */
internal class TestUser(val key: TestKey, val jwt: String) {
    /** What `nsc generate creds` writes. */
    val credentials: String = """
        -----BEGIN NATS USER JWT-----
        $jwt
        ------END NATS USER JWT------

        ************************* IMPORTANT *************************
        NKEY Seed printed below can be used to sign and prove identity.
        NKEYs are sensitive and should be treated as secrets.

        -----BEGIN USER NKEY SEED-----
        ${key.seed}
        ------END USER NKEY SEED------

        *************************************************************
    """.trimIndent() + "\n"
}

/** An operator with one account: what `nsc` does, for a server with a memory resolver. Source of the claims: nats-io/jwt, version 2. */
internal class TestOperator {
    private val operator = TestKey(NKeyType.OPERATOR)
    private val account = TestKey(NKeyType.ACCOUNT)

    /** Made once: a server that reads its configuration again takes no other. */
    private val operatorJwt = jwt(operator, operator) { put("type", "operator") }

    /** A user of the account, valid until [expires] (seconds since 1970) if that is given; a bearer needs no key. */
    fun user(expires: Long? = null, bearer: Boolean = false): TestUser {
        val key = TestKey(NKeyType.USER)
        val jwt = jwt(account, key, expires) {
            put("type", "user")
            if (bearer) put("bearer_token", true)
            putJsonObject("pub") {}
            putJsonObject("sub") {}
            for (limit in listOf("subs", "data", "payload")) put(limit, -1)
        }
        return TestUser(key, jwt)
    }

    /** The configuration of a server that trusts the operator. The [revoked] user is let in no more; the account ends at [expires]. */
    fun config(revoked: TestUser? = null, expires: Long? = null): String {
        val accountJwt = jwt(operator, account, expires) {
            put("type", "account")
            putJsonObject("limits") {
                for (limit in listOf("subs", "data", "payload", "imports", "exports", "conn", "leaf")) put(limit, -1)
                put("wildcards", true)
            }
            if (revoked != null) putJsonObject("revocations") { put(revoked.key.public, now() + 60) }
        }
        return "operator: $operatorJwt\nresolver: MEMORY\nresolver_preload: { ${account.public}: $accountJwt }\n"
    }

    private fun jwt(issuer: TestKey, subject: TestKey, expires: Long? = null, nats: JsonObjectBuilder.() -> Unit): String {
        val claims = buildJsonObject {
            put("iss", issuer.public)
            put("sub", subject.public)
            put("iat", now())
            if (expires != null) put("exp", expires)
            putJsonObject("nats") {
                nats()
                put("version", 2)
            }
        }
        val signed =
            base64("""{"typ":"JWT","alg":"ed25519-nkey"}""".encodeToByteArray()) + "." + base64(claims.toString().encodeToByteArray())
        return signed + "." + base64(issuer.sign(signed.encodeToByteArray()))
    }

    private fun base64(bytes: ByteArray): String = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes)

    private fun now(): Long = Instant.now().epochSecond
}
