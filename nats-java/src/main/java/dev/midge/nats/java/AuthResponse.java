package dev.midge.nats.java;

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

  /** Returns an answer by a user and a password. */
  public static AuthResponse userPassword(String user, String password) {
    return of(user, password, null, null, null, null);
  }

  /** Returns an answer by a token. */
  public static AuthResponse token(String token) {
    return of(null, null, token, null, null, null);
  }

  /**
   * Returns an answer by an NKey.
   *
   * @param publicKey the public NKey of the user, {@code U...}.
   * @param signature the 64 bytes of its Ed25519 signature of the nonce, as they are: not in
   *     base64. A copy is kept.
   */
  public static AuthResponse nkey(String publicKey, byte[] signature) {
    return of(null, null, null, null, publicKey, signature);
  }

  /**
   * Returns an answer by a user JWT.
   *
   * @param jwt the JWT, which names the user's public key.
   * @param signature the 64 bytes of that key's Ed25519 signature of the nonce, as they are: not in
   *     base64. A copy is kept.
   */
  public static AuthResponse jwt(String jwt, byte[] signature) {
    return of(null, null, null, jwt, null, signature);
  }

  /**
   * Returns an answer by any fields, for servers that ask a service of their own; those that are
   * {@code null} are not sent.
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

  /** Returns which fields are set, without what they hold. */
  @Override
  public String toString() {
    return kotlin.toString();
  }
}
