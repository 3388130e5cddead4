package dev.midge.nats

/**
 * What a [NatsAuth.Authenticator] answers: the fields of CONNECT that hold credentials. Those that are not set are not sent. Immutable; its
 * text never shows what they hold. In Kotlin:
 *
 * ```
 * AuthResponse {
 *     nkey = publicKey
 *     signature = module.sign(info.nonce)
 * }
 * ```
 * In Java:
 * ```
 * AuthResponse.builder().nkey(publicKey).signature(module.sign(info.nonce())).build()
 * ```
 * Source: NATS client protocol, "CONNECT".
 */
public class AuthResponse private constructor(builder: Builder) {
    internal val user: String? = builder.user
    internal val password: String? = builder.password
    internal val token: String? = builder.token
    internal val jwt: String? = builder.jwt
    internal val nkey: String? = builder.nkey
    internal val signature: ByteArray? = builder.signature?.copyOf()

    /** Which fields are set, without what they hold. */
    override fun toString(): String {
        val fields =
            listOf("user" to user, "password" to password, "token" to token, "jwt" to jwt, "nkey" to nkey, "signature" to signature)
        return "AuthResponse(${fields.filter { it.second != null }.joinToString { it.first }})"
    }

    /** Collects the fields of an answer. Not safe to share between threads. */
    @NatsOptionsDsl
    public class Builder internal constructor() {
        /** The name of a user. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var user: String? = null

        /** That user's password. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var password: String? = null

        /** A token. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var token: String? = null

        /** The JWT of a user, which names that user's public key. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var jwt: String? = null

        /** The public NKey of a user, `U...`. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var nkey: String? = null

        /** The 64 bytes of the key's Ed25519 signature of the nonce, as they are: not in base64. A copy is kept. */
        @get:JvmSynthetic @set:JvmSynthetic
        public var signature: ByteArray? = null

        /** Sets the name of a user. */
        public fun user(user: String?): Builder = apply { this.user = user }

        /** Sets that user's password. */
        public fun password(password: String?): Builder = apply { this.password = password }

        /** Sets a token. */
        public fun token(token: String?): Builder = apply { this.token = token }

        /** Sets the JWT of a user, which names that user's public key. */
        public fun jwt(jwt: String?): Builder = apply { this.jwt = jwt }

        /** Sets the public NKey of a user, `U...`. */
        public fun nkey(nkey: String?): Builder = apply { this.nkey = nkey }

        /** Sets the 64 bytes of the key's Ed25519 signature of the nonce, as they are: not in base64. A copy is kept. */
        public fun signature(signature: ByteArray?): Builder = apply { this.signature = signature }

        /** The answer as it is set now. */
        public fun build(): AuthResponse = AuthResponse(this)
    }

    /** Where an answer begins. */
    public companion object {
        /** A builder without any field. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}
