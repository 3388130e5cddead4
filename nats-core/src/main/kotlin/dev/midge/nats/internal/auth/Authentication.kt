package dev.midge.nats.internal.auth

import dev.midge.nats.AuthResponse
import dev.midge.nats.AuthenticationException
import dev.midge.nats.AuthenticationException.Reason
import dev.midge.nats.NatsAuth
import dev.midge.nats.ServerInfo
import dev.midge.nats.internal.hooks.apart
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import java.nio.file.Path
import java.security.GeneralSecurityException

/**
 * Turns a [NatsAuth] into the answer to one server at one attempt. Users' functions run in [dispatcher].
 *
 * @param onSecretFile told of each file with secrets that is read, where it may block.
 */
internal class Authentication(private val dispatcher: CoroutineDispatcher, private val onSecretFile: (Path) -> Unit = {}) {
    /**
     * What [auth] answers to the server that said [info]. It holds secrets and is never logged.
     *
     * @throws AuthenticationException if there is no answer.
     */
    suspend fun answer(auth: NatsAuth, info: ServerInfo): AuthResponse = when (auth) {
        is NatsAuth.None -> NOTHING

        is NatsAuth.UserPassword -> AuthResponse {
            user = auth.user
            password = auth.password
        }

        is NatsAuth.Token -> AuthResponse { token = auth.token }

        is NatsAuth.NKey -> signed(seedOf(auth), info, jwt = null)

        is NatsAuth.Jwt -> signed(seedOf(auth.key), info, auth.jwt.trim())

        is NatsAuth.BearerJwt -> AuthResponse { jwt = auth.jwt.trim() }

        is NatsAuth.Credentials -> signed(parsed(auth.content), info)

        is NatsAuth.CredentialsFile -> signed(apart(files) { read(auth.file) }, info)

        is NatsAuth.Supplied -> answer(supplied(auth), info)

        is NatsAuth.Authenticator -> asked("the authenticator") { auth.authenticate(info) }
    }

    private suspend fun supplied(auth: NatsAuth.Supplied): NatsAuth {
        val supplied = asked("the supplier of the credentials", auth.supplier)
        return if (supplied is NatsAuth.Supplied) unavailable("the supplier of the credentials returned another supplier") else supplied
    }

    private suspend fun seedOf(key: NatsAuth.NKey) = asked("the supplier of the NKey seed", key.seed)

    private fun read(file: Path): ParsedCredentials {
        onSecretFile(file)
        return CredentialsReader.read(file)
    }

    private fun parsed(content: String): ParsedCredentials {
        val bytes = content.encodeToByteArray()
        try {
            return CredentialsParser.parse(bytes)
        } finally {
            bytes.fill(0)
        }
    }

    private fun signed(credentials: ParsedCredentials, info: ServerInfo) = signed(credentials.seed, info, credentials.jwt)

    /** Signs the server's nonce, and overwrites [seed]. */
    private fun signed(seed: CharArray, info: ServerInfo, jwt: String?): AuthResponse {
        try {
            if (info.nonce.isEmpty()) unavailable("the server sent no nonce to sign: it is not configured for NKeys or JWTs")
            val decoded = NKeyCodec.decodeSeed(seed)
            try {
                if (decoded.type != NKeyType.USER) unavailable("the NKey seed is not a user's, which begins with SU")
                return signed(decoded.bytes, info.nonce.encodeToByteArray(), jwt)
            } catch (e: GeneralSecurityException) {
                val message = "this JVM cannot sign with Ed25519; one made by jlink needs the module jdk.crypto.ec"
                throw AuthenticationException(message, e, Reason.UNAVAILABLE)
            } finally {
                decoded.wipe()
            }
        } finally {
            seed.fill('\u0000')
        }
    }

    /** A JWT names the user's public key; without one, the client does. */
    private fun signed(seed: ByteArray, nonce: ByteArray, jwt: String?): AuthResponse {
        val pair = Ed25519KeyPair.of(seed)
        return AuthResponse {
            this.jwt = jwt
            if (jwt == null) nkey = NKeyCodec.encodePublic(NKeyType.USER, pair.publicKey)
            signature = pair.sign(nonce)
        }
    }

    /** What a user's function returns; [what] names it. */
    private suspend fun <T> asked(what: String, function: suspend () -> T): T = try {
        apart(dispatcher, function)
    } catch (e: Exception) {
        // This attempt's own cancellation passes; one from within, as of a timeout of the function's own, is a failure like any other.
        currentCoroutineContext().ensureActive()
        // Without its message: who knows what that shows.
        throw AuthenticationException("$what failed with ${e::class.qualifiedName}; nothing was sent", e, Reason.UNAVAILABLE)
    }

    private fun unavailable(message: String): Nothing = throw AuthenticationException(message, reason = Reason.UNAVAILABLE)

    private companion object {
        val NOTHING = AuthResponse()

        /** A view of its own, so that a file system that hangs takes no thread from others. */
        val files = Dispatchers.IO.limitedParallelism(FILES)
        const val FILES = 4
    }
}
