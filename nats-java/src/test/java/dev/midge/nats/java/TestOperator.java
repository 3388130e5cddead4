package dev.midge.nats.java;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.Base64;

/**
 * An operator with one account, as {@code nsc} makes them. Source of the claims: nats-io/jwt,
 * version 2.
 */
final class TestOperator {
  private static final String NO_LIMITS = "\"subs\":-1,\"data\":-1,\"payload\":-1";

  private final TestKey operator = new TestKey(TestKey.Type.OPERATOR);
  private final TestKey account = new TestKey(TestKey.Type.ACCOUNT);

  /** The JWT of the user with {@code key}. */
  String user(TestKey key) {
    return jwt(account, key, "\"type\":\"user\",\"pub\":{},\"sub\":{}," + NO_LIMITS);
  }

  /** The JWT of a user who needs no key. */
  String bearer() {
    return jwt(
        account,
        new TestKey(TestKey.Type.USER),
        "\"type\":\"user\",\"bearer_token\":true,\"pub\":{},\"sub\":{}," + NO_LIMITS);
  }

  /** What {@code nsc generate creds} writes. */
  String credentials(TestKey key) {
    return """
        -----BEGIN NATS USER JWT-----
        %s
        ------END NATS USER JWT------

        -----BEGIN USER NKEY SEED-----
        %s
        ------END USER NKEY SEED------
        """
        .formatted(user(key), key.seed);
  }

  /** The configuration of a server that trusts the operator. */
  String config() {
    String limits =
        NO_LIMITS + ",\"imports\":-1,\"exports\":-1,\"conn\":-1,\"leaf\":-1,\"wildcards\":true";
    return "operator: %s\nresolver: MEMORY\nresolver_preload: { %s: %s }\n"
        .formatted(
            jwt(operator, operator, "\"type\":\"operator\""),
            account.publicKey,
            jwt(operator, account, "\"type\":\"account\",\"limits\":{" + limits + "}"));
  }

  private static String jwt(TestKey issuer, TestKey subject, String claims) {
    String body =
        "{\"iss\":\"%s\",\"sub\":\"%s\",\"iat\":%d,\"nats\":{%s,\"version\":2}}"
            .formatted(issuer.publicKey, subject.publicKey, Instant.now().getEpochSecond(), claims);
    String signed =
        base64("{\"typ\":\"JWT\",\"alg\":\"ed25519-nkey\"}".getBytes(UTF_8))
            + "."
            + base64(body.getBytes(UTF_8));
    return signed + "." + base64(issuer.sign(signed.getBytes(UTF_8)));
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
