package dev.midge.nats.java;

import static dev.midge.nats.AuthenticationException.Reason.REFUSED;
import static dev.midge.nats.java.TestConnection.letIn;
import static dev.midge.nats.java.TestConnection.refused;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.midge.nats.AuthenticationException;
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
      letIn(options(server, Auth.userPassword("joe", "secret")));
      letIn(options(server, Auth.authenticator(i -> AuthResponse.userPassword("joe", "secret"))));
      assertEquals(REFUSED, refused(options(server, Auth.userPassword("joe", "other"))));
      assertEquals(REFUSED, refused(options(server, Auth.none())));
    }
    try (var server = server("authorization { token: secret }")) {
      letIn(options(server, Auth.token("secret")));
      letIn(options(server, Auth.supplied(() -> Auth.token("secret"))));
      letIn(options(server, Auth.authenticator(info -> AuthResponse.token("secret"))));
      assertEquals(REFUSED, refused(options(server, Auth.token("other"))));
    }
  }

  @Test
  void anNKeySignsWhatTheServerSends() throws Exception {
    TestKey known = new TestKey(TestKey.Type.USER);
    TestKey other = new TestKey(TestKey.Type.USER);
    try (var server = server("authorization { users = [ { nkey: %s } ] }", known.publicKey)) {
      char[] seed = known.seed.toCharArray();
      Auth copied = Auth.nkey(seed);
      Arrays.fill(seed, ' ');
      letIn(options(server, copied));
      letIn(options(server, Auth.nkey(known.seed::toCharArray)));
      letIn(options(server, signing(known.publicKey, known)));
      assertEquals(REFUSED, refused(options(server, Auth.nkey(other.seed.toCharArray()))));
      assertEquals(REFUSED, refused(options(server, signing(known.publicKey, other))));
    }
  }

  @Test
  void aSeedThatWasSuppliedIsOverwrittenAfterUse() throws Exception {
    TestKey key = new TestKey(TestKey.Type.USER);
    char[] seed = key.seed.toCharArray();
    try (var server = server("authorization { users = [ { nkey: %s } ] }", key.publicKey)) {
      letIn(options(server, Auth.nkey(() -> seed)));
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
      letIn(options(server, Auth.jwt(jwt, key.seed.toCharArray())));
      letIn(options(server, Auth.jwt(jwt, key.seed::toCharArray)));
      letIn(options(server, Auth.credentials(operator.credentials(key))));
      letIn(options(server, Auth.credentialsFile(file)));
      letIn(
          options(
              server,
              Auth.authenticator(
                  info -> AuthResponse.jwt(jwt, key.sign(info.getNonce().getBytes(UTF_8))))));
      letIn(options(server, Auth.bearerJwt(operator.bearer())));
      assertEquals(REFUSED, refused(options(server, Auth.bearerJwt(jwt))));
      String stranger = new TestOperator().credentials(key);
      assertEquals(REFUSED, refused(options(server, Auth.credentials(stranger))));
    }
  }

  @Test
  void aSupplierIsAskedAgainAtTheNextAttempt() throws Exception {
    AtomicReference<Auth> current = new AtomicReference<>(Auth.token("outdated"));
    try (var server = server("authorization { token: secret }");
        var connection = new TestConnection(options(server, Auth.supplied(current::get)))) {
      assertThrows(AuthenticationException.class, connection::connect);
      current.set(Auth.token("secret"));
      connection.connect();
    }
  }

  /** Says to be {@code publicKey}, and signs with {@code key}. */
  private static Auth signing(String publicKey, TestKey key) {
    return Auth.authenticator(
        info -> AuthResponse.nkey(publicKey, key.sign(info.getNonce().getBytes(UTF_8))));
  }

  private static NatsOptions options(NatsServerProcess server, Auth auth) {
    return NatsOptions.builder().servers(server.getUrl()).auth(auth).build();
  }

  private static NatsServerProcess server(String config, Object... values) throws Exception {
    return NatsServerProcess.start(
        NatsServerProcessOptions.builder().config(config.formatted(values)).build());
  }
}
