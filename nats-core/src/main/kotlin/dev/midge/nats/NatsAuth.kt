package dev.midge.nats

import dev.midge.nats.internal.hooks.blocking
import java.nio.file.Path
import java.util.function.Function
import java.util.function.Supplier

/**
 * How the client shows who it is. What comes from a file, a supplier or an authenticator is asked for again at every attempt to connect, so
 * that credentials may be rotated while a program runs. No `toString`, exception or log ever shows a secret. Immutable.
 *
 * ```
 * auth = NatsAuth.CredentialsFile(Path.of("/run/secrets/app.creds"))
 * auth = NatsAuth.Supplied { NatsAuth.Token(vault.read("nats-token")) }
 * ```
 * The functions given here run in [NatsOptions.dispatcher] and within [TimeoutOptions.connect]: then they are cancelled, and the threads of
 * Java's functions, which may block, interrupted. If one throws, or one of Java's returns `null`, the attempt fails with an
 * [AuthenticationException] before anything is sent, and what it threw is the cause.
 */
public sealed class NatsAuth {
    /** No credentials, or those in the server's URL (`nats://user:password@host`, `nats://token@host`). */
    public object None : NatsAuth()

    /** A user and a password. */
    public class UserPassword(@get:JvmName("user") public val user: String, internal val password: String) : NatsAuth()

    /** A token. */
    public class Token(internal val token: String) : NatsAuth()

    /**
     * An NKey: an Ed25519 key pair, whose public half the server knows. The client signs what the server sends; the seed stays here.
     *
     * A seed is the text that begins with `SU`; white space around it is no harm. Source: NATS documentation, "NKeys".
     *
     * @constructor takes the seed from [seed] at every attempt. The array that it returns is overwritten after use: hand over a copy.
     */
    public class NKey(internal val seed: suspend () -> CharArray) : NatsAuth() {
        /** An NKey of [seed], of which a copy is kept: the caller may overwrite the array. */
        public constructor(seed: CharArray) : this(copiesOf(seed.copyOf()))

        /** The other one for Java: [seed] may block. */
        public constructor(seed: Supplier<CharArray>) : this({ blocking(seed::get) })

        /** An NKey of [seed]. A `String` stays in memory until it is collected; an array or a supplier leaves less behind. */
        public constructor(seed: String) : this(copiesOf(seed.toCharArray()))
    }

    /**
     * A user JWT that an account issued, and the NKey of that user, which signs what the server sends.
     *
     * Source: NATS documentation, "JWT authentication".
     */
    public class Jwt(internal val jwt: String, internal val key: NKey) : NatsAuth()

    /**
     * A bearer JWT (`bearer_token` among its claims): who has it is let in, no key signs anything. Servers refuse any other user JWT without
     * a signature. As it is as good as a password, it should be sent over TLS only.
     */
    public class BearerJwt(internal val jwt: String) : NatsAuth()

    /**
     * The [content] of a credentials file, as `nsc` makes it: a user JWT and the seed of that user, each between lines of dashes. At most
     * 64 KiB.
     */
    public class Credentials(internal val content: String) : NatsAuth()

    /**
     * A credentials [file], as [Credentials], read again at every attempt.
     *
     * @property file where it lies.
     */
    public class CredentialsFile(@get:JvmName("file") public val file: Path) : NatsAuth() {
        override fun toString(): String = "NatsAuth.CredentialsFile($file)"
    }

    /** Whatever [supplier] returns, asked again at every attempt: any kind but another [Supplied]. */
    public class Supplied(internal val supplier: suspend () -> NatsAuth) : NatsAuth() {
        /** The other one for Java: [supplier] may block. */
        public constructor(supplier: Supplier<out NatsAuth>) : this({ blocking(supplier::get) })
    }

    /**
     * Answers the server by a function of one's own, for keys that do not leave a security module, or for other schemes.
     *
     * The function gets what the server said of itself; the UTF-8 bytes of its [nonce][ServerInfo.nonce] are what a key signs.
     */
    public class Authenticator(internal val authenticate: suspend (ServerInfo) -> AuthResponse) : NatsAuth() {
        /** The other one for Java: [authenticate] may block. */
        public constructor(authenticate: Function<ServerInfo, AuthResponse>) : this({ info -> blocking { authenticate.apply(info) } })
    }

    override fun toString(): String = "NatsAuth.${this::class.simpleName}"
}

/** Copies, because each one is overwritten after use. */
private fun copiesOf(seed: CharArray): suspend () -> CharArray = { seed.copyOf() }
