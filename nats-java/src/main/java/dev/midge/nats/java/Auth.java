package dev.midge.nats.java;

import dev.midge.nats.NatsAuth;
import dev.midge.nats.ServerInfo;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * How the client shows who it is. What comes from a file, a supplier or an authenticator is asked
 * for again at every attempt to connect, so that credentials may be rotated while a program runs.
 * No {@code toString}, exception or log ever shows a secret. Immutable.
 *
 * <pre>{@code
 * Auth.credentialsFile(Path.of("/run/secrets/app.creds"))
 * Auth.supplied(() -> Auth.token(vault.read("nats-token")))
 * }</pre>
 *
 * <p>Functions given here run in {@link NatsOptions#executor()}, by default on a thread that they
 * may block, and within {@link TimeoutOptions#connect()}: when it is over, their thread is
 * interrupted. If one throws or returns {@code null}, the attempt fails with an {@link
 * dev.midge.nats.AuthenticationException} before anything is sent, and what it threw is the cause.
 */
public final class Auth {
  private static final Auth NONE = new Auth(NatsAuth.None.INSTANCE);

  private final NatsAuth kotlin;

  private Auth(NatsAuth kotlin) {
    this.kotlin = kotlin;
  }

  static Auth from(NatsAuth kotlin) {
    return kotlin == NatsAuth.None.INSTANCE ? NONE : new Auth(kotlin);
  }

  NatsAuth toKotlin() {
    return kotlin;
  }

  /**
   * {@return no credentials, or those in the server's URL ({@code nats://user:password@host},
   * {@code nats://token@host})}
   */
  public static Auth none() {
    return NONE;
  }

  /**
   * {@return a user and a password}
   *
   * @param user the name.
   * @param password the password.
   */
  public static Auth userPassword(String user, String password) {
    return new Auth(new NatsAuth.UserPassword(user, password));
  }

  /**
   * {@return a token}
   *
   * @param token the text.
   */
  public static Auth token(String token) {
    return new Auth(new NatsAuth.Token(token));
  }

  /**
   * {@return an NKey: an Ed25519 key pair, whose public half the server knows} The client signs
   * what the server sends; the seed stays here.
   *
   * <p>Source: NATS documentation, "NKeys".
   *
   * @param seed the text that begins with {@code SU}; white space around it is no harm. A copy is
   *     kept: the caller may overwrite the array.
   */
  public static Auth nkey(char[] seed) {
    return new Auth(new NatsAuth.NKey(seed));
  }

  /**
   * {@return an NKey as {@link #nkey(char[])} does, whose seed is asked for at every attempt}
   *
   * @param seed returns the seed. The array is overwritten after use: hand over a copy. Runs as
   *     described above.
   */
  public static Auth nkey(Supplier<char[]> seed) {
    return new Auth(nkeyOf(seed));
  }

  /**
   * {@return a user JWT that an account issued, and the NKey of that user, which signs what the
   * server sends}
   *
   * <p>Source: NATS documentation, "JWT authentication".
   *
   * @param jwt the JWT.
   * @param seed the seed of the NKey, as for {@link #nkey(char[])}.
   */
  public static Auth jwt(String jwt, char[] seed) {
    return new Auth(new NatsAuth.Jwt(jwt, new NatsAuth.NKey(seed)));
  }

  /**
   * {@return a user JWT as {@link #jwt(String, char[])} does, for which the seed is asked for at
   * every attempt}
   *
   * @param jwt the JWT.
   * @param seed returns the seed, as for {@link #nkey(Supplier)}.
   */
  public static Auth jwt(String jwt, Supplier<char[]> seed) {
    return new Auth(new NatsAuth.Jwt(jwt, nkeyOf(seed)));
  }

  /**
   * {@return a bearer JWT ({@code bearer_token} among its claims): who has it is let in, no key
   * signs anything} Servers refuse any other user JWT without a signature. As it is as good as a
   * password, it should be sent over TLS only.
   *
   * @param jwt the JWT.
   */
  public static Auth bearerJwt(String jwt) {
    return new Auth(new NatsAuth.BearerJwt(jwt));
  }

  /**
   * {@return the content of a credentials file, as {@code nsc} makes it: a user JWT and the seed of
   * that user, each between lines of dashes}
   *
   * @param content the text; at most 64 KiB.
   */
  public static Auth credentials(String content) {
    return new Auth(new NatsAuth.Credentials(content));
  }

  /**
   * {@return the credentials in {@code file}, as {@link #credentials}; it is read again at every
   * attempt}
   *
   * @param file where it lies.
   */
  public static Auth credentialsFile(Path file) {
    return new Auth(new NatsAuth.CredentialsFile(file));
  }

  /**
   * {@return whatever {@code supplier} returns, asked again at every attempt}
   *
   * @param supplier returns any kind but another supplied one. Runs as described above.
   */
  public static Auth supplied(Supplier<Auth> supplier) {
    Objects.requireNonNull(supplier, "supplier");
    return new Auth(
        new NatsAuth.Supplied(OptionFunctions.<NatsAuth>suspending(() -> supplier.get().kotlin)));
  }

  /**
   * {@return credentials by a function of one's own, for keys that do not leave a security module,
   * or for other schemes}
   *
   * <pre>{@code
   * Auth.authenticator(info -> AuthResponse.nkey(publicKey, module.sign(info.getNonce().getBytes(UTF_8))))
   * }</pre>
   *
   * @param authenticate gets what the server said of itself; the UTF-8 bytes of its {@linkplain
   *     ServerInfo#getNonce() nonce} are what a key signs. Runs as described above.
   */
  public static Auth authenticator(Function<ServerInfo, AuthResponse> authenticate) {
    Objects.requireNonNull(authenticate, "authenticate");
    return new Auth(
        new NatsAuth.Authenticator(
            OptionFunctions.<ServerInfo, dev.midge.nats.AuthResponse>suspending(
                info -> authenticate.apply(info).toKotlin())));
  }

  private static NatsAuth.NKey nkeyOf(Supplier<char[]> seed) {
    return new NatsAuth.NKey(OptionFunctions.suspending(seed));
  }

  /** {@return the kind, without what it holds} */
  @Override
  public String toString() {
    return kotlin.toString();
  }
}
