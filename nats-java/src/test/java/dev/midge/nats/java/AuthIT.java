package dev.midge.nats.java;

import static dev.midge.nats.AuthenticationException.Reason.REFUSED;
import static dev.midge.nats.java.TestConnection.letIn;
import static dev.midge.nats.java.TestConnection.refused;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.midge.nats.AuthResponse;
import dev.midge.nats.AuthenticationException;
import dev.midge.nats.NatsAuth;
import dev.midge.nats.NatsOptions;
import dev.midge.nats.testing.NatsServerProcess;
import dev.midge.nats.testing.NatsServerProcessOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthIT {
  @Test
  void aPasswordAndATokenAreShown() throws Exception {
    try (var server = server("authorization { user: joe, password: secret }")) {
      letIn(options(server, new NatsAuth.UserPassword("joe", "secret")));
      letIn(
          options(
              server,
              new NatsAuth.Authenticator(
                  i -> AuthResponse.builder().user("joe").password("secret").build())));
      assertEquals(REFUSED, refused(options(server, new NatsAuth.UserPassword("joe", "other"))));
      assertEquals(REFUSED, refused(options(server, NatsAuth.None.INSTANCE)));
    }
    try (var server = server("authorization { token: secret }")) {
      letIn(options(server, new NatsAuth.Token("secret")));
      letIn(options(server, new NatsAuth.Supplied(() -> new NatsAuth.Token("secret"))));
      letIn(
          options(
              server,
              new NatsAuth.Authenticator(info -> AuthResponse.builder().token("secret").build())));
      assertEquals(REFUSED, refused(options(server, new NatsAuth.Token("other"))));
    }
  }

  @Test
  void anNKeySignsWhatTheServerSends() throws Exception {
    TestKey known = new TestKey(TestKey.Type.USER);
    TestKey other = new TestKey(TestKey.Type.USER);
    try (var server = server("authorization { users = [ { nkey: %s } ] }", known.publicKey)) {
      char[] seed = known.seed.toCharArray();
      NatsAuth copied = new NatsAuth.NKey(seed);
      Arrays.fill(seed, ' ');
      letIn(options(server, copied));
      letIn(options(server, new NatsAuth.NKey(known.seed::toCharArray)));
      letIn(options(server, signing(known.publicKey, known)));
      assertEquals(REFUSED, refused(options(server, new NatsAuth.NKey(other.seed.toCharArray()))));
      assertEquals(REFUSED, refused(options(server, signing(known.publicKey, other))));
    }
  }

  @Test
  void aSeedThatWasSuppliedIsOverwrittenAfterUse() throws Exception {
    TestKey key = new TestKey(TestKey.Type.USER);
    char[] seed = key.seed.toCharArray();
    try (var server = server("authorization { users = [ { nkey: %s } ] }", key.publicKey)) {
      letIn(options(server, new NatsAuth.NKey(() -> seed)));
    }
    assertArrayEquals(new char[seed.length], seed);
  }

  @Test
  void aJwtIsShownByItselfOrInACredentialsFile(@TempDir Path directory) throws Exception {
    TestOperator operator = new TestOperator();
    TestKey key = new TestKey(TestKey.Type.USER);
    String jwt = operator.user(key);
    Path file = Files.writeString(directory.resolve("app.creds"), operator.credentials(key));
    try (var server = server(operator.config())) {
      letIn(options(server, new NatsAuth.Jwt(jwt, new NatsAuth.NKey(key.seed.toCharArray()))));
      letIn(options(server, new NatsAuth.Jwt(jwt, new NatsAuth.NKey(key.seed::toCharArray))));
      letIn(options(server, new NatsAuth.Credentials(operator.credentials(key))));
      letIn(options(server, new NatsAuth.CredentialsFile(file)));
      letIn(
          options(
              server,
              new NatsAuth.Authenticator(
                  info ->
                      AuthResponse.builder()
                          .jwt(jwt)
                          .signature(key.sign(info.nonce().getBytes(UTF_8)))
                          .build())));
      letIn(options(server, new NatsAuth.BearerJwt(operator.bearer())));
      assertEquals(REFUSED, refused(options(server, new NatsAuth.BearerJwt(jwt))));
      String stranger = new TestOperator().credentials(key);
      assertEquals(REFUSED, refused(options(server, new NatsAuth.Credentials(stranger))));
    }
  }

  @Test
  void aSupplierIsAskedAgainAtTheNextAttempt() throws Exception {
    AtomicReference<NatsAuth> current = new AtomicReference<>(new NatsAuth.Token("outdated"));
    try (var server = server("authorization { token: secret }");
        var connection = new TestConnection(options(server, new NatsAuth.Supplied(current::get)))) {
      assertThrows(AuthenticationException.class, connection::connect);
      current.set(new NatsAuth.Token("secret"));
      connection.connect();
    }
  }

  /** Says to be {@code publicKey}, and signs with {@code key}. */
  private static NatsAuth signing(String publicKey, TestKey key) {
    return new NatsAuth.Authenticator(
        info ->
            AuthResponse.builder()
                .nkey(publicKey)
                .signature(key.sign(info.nonce().getBytes(UTF_8)))
                .build());
  }

  private static NatsOptions options(NatsServerProcess server, NatsAuth auth) {
    return NatsOptions.builder().servers(server.getUrl()).auth(auth).build();
  }

  private static NatsServerProcess server(String config, Object... values) throws Exception {
    return NatsServerProcess.start(
        NatsServerProcessOptions.builder().config(config.formatted(values)).build());
  }
}
