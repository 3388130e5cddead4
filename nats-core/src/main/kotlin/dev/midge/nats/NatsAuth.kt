package dev.midge.nats

/** How the client shows who it is. No `toString` and no log ever shows a secret. */
public sealed class NatsAuth {
    /** No credentials, or those in the server's URL (`nats://user:password@host`, `nats://token@host`). */
    public object None : NatsAuth()

    /** A user and a password. */
    public class UserPassword(public val user: String, internal val password: String) : NatsAuth()

    /** A token. */
    public class Token(internal val token: String) : NatsAuth()

    override fun toString(): String = "NatsAuth.${this::class.simpleName}"
}
