package dev.midge.nats.java;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link Auth#authenticator authenticator} answers: the fields of CONNECT that hold
 * credentials. Immutable; its text never shows them.
 *
 * <p>Source: NATS client protocol, "CONNECT".
 */
public final class AuthResponse {
  private final dev.midge.nats.AuthResponse kotlin;

  private AuthResponse(dev.midge.nats.AuthResponse kotlin) {
    this.kotlin = kotlin;
  }

  /**
   * {@return an answer by a user and a password}
   *
   * @param user the name.
   * @param password the password.
   */
  public static AuthResponse userPassword(String user, String password) {
    Objects.requireNonNull(user, "user");
    Objects.requireNonNull(password, "password");
    return of(user, password, null, null, null, null);
  }

  /**
   * {@return an answer by a token}
   *
   * @param token the text.
   */
  public static AuthResponse token(String token) {
    Objects.requireNonNull(token, "token");
    return of(null, null, token, null, null, null);
  }

  /**
   * {@return an answer by an NKey}
   *
   * @param publicKey the public NKey of the user, {@code U...}.
   * @param signature the 64 bytes of its Ed25519 signature of the nonce, as they are: not in
   *     base64. A copy is kept.
   */
  public static AuthResponse nkey(String publicKey, byte[] signature) {
    Objects.requireNonNull(publicKey, "publicKey");
    Objects.requireNonNull(signature, "signature");
    return of(null, null, null, null, publicKey, signature);
  }

  /**
   * {@return an answer by a user JWT}
   *
   * @param jwt the JWT, which names the user's public key.
   * @param signature the 64 bytes of that key's Ed25519 signature of the nonce, as they are: not in
   *     base64. A copy is kept.
   */
  public static AuthResponse jwt(String jwt, byte[] signature) {
    Objects.requireNonNull(jwt, "jwt");
    Objects.requireNonNull(signature, "signature");
    return of(null, null, null, jwt, null, signature);
  }

  /**
   * {@return an answer by any fields, for servers that ask a service of their own; those that are
   * {@code null} are not sent}
   *
   * @param user the name of a user.
   * @param password their password.
   * @param token a token.
   * @param jwt the JWT of a user.
   * @param nkey the public NKey of a user, {@code U...}.
   * @param signature the 64 bytes of the signature of the nonce. A copy is kept.
   */
  public static AuthResponse of(
      @Nullable String user,
      @Nullable String password,
      @Nullable String token,
      @Nullable String jwt,
      @Nullable String nkey,
      byte @Nullable [] signature) {
    byte[] copy = signature == null ? null : signature.clone();
    return new AuthResponse(
        new dev.midge.nats.AuthResponse(user, password, token, jwt, nkey, copy));
  }

  dev.midge.nats.AuthResponse toKotlin() {
    return kotlin;
  }

  /** {@return which fields are set, without what they hold} */
  @Override
  public String toString() {
    return kotlin.toString();
  }
}
