package dev.midge.nats

/**
 * What a [NatsAuth.Authenticator] answers: the fields of CONNECT that hold credentials. Those that are `null` are not sent.
 *
 * Source: NATS client protocol, "CONNECT".
 *
 * @property user the user.
 * @property nkey the public NKey of the user, `U...`.
 */
public class AuthResponse(
    public val user: String? = null,
    internal val password: String? = null,
    internal val token: String? = null,
    internal val jwt: String? = null,
    public val nkey: String? = null,
    /** The 64 bytes of an Ed25519 signature of the nonce, as they are: not in base64. */
    internal val signature: ByteArray? = null,
) {
    /** Which fields are set, without what they hold. */
    override fun toString(): String {
        val fields =
            listOf("user" to user, "password" to password, "token" to token, "jwt" to jwt, "nkey" to nkey, "signature" to signature)
        return "AuthResponse(${fields.filter { it.second != null }.joinToString { it.first }})"
    }
}
