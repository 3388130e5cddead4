package dev.midge.nats.java;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.midge.nats.HttpProxy;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OptionsShowNoSecretsTest {
  private static final String SECRET = "s3cr3t";
  private static final char[] SEED = SECRET.toCharArray();

  static Stream<Auth> kinds() {
    return Stream.of(
        Auth.none(),
        Auth.userPassword("joe", SECRET),
        Auth.token(SECRET),
        Auth.nkey(SEED),
        Auth.nkey(SECRET::toCharArray),
        Auth.jwt(SECRET, SEED),
        Auth.jwt(SECRET, SECRET::toCharArray),
        Auth.credentials(SECRET),
        Auth.supplied(() -> Auth.token(SECRET)),
        Auth.authenticator(info -> AuthResponse.token(SECRET)));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void ofCredentialsOnlyTheKindShows(Auth auth) {
    assertShowsNothing(auth);
    assertShowsNothing(NatsOptions.builder().auth(auth).build());
  }

  @Test
  void ofACredentialsFileThePathShows() {
    assertTrue(Auth.credentialsFile(Path.of("app.creds")).toString().contains("app.creds"));
  }

  @Test
  void ofAnAnswerOnlyTheNamesOfItsFieldsShow() {
    byte[] signature = SECRET.getBytes();
    assertShowsNothing(AuthResponse.userPassword(SECRET, SECRET));
    assertShowsNothing(AuthResponse.token(SECRET));
    assertShowsNothing(AuthResponse.nkey(SECRET, signature));
    assertShowsNothing(AuthResponse.jwt(SECRET, signature));
    assertTrue(AuthResponse.token(SECRET).toString().contains("token"));
  }

  @Test
  void ofServersTheCredentialsDoNotShow() {
    assertShowsNothing(NatsOptions.of("nats://joe:" + SECRET + "@a"));
    assertShowsNothing(NatsOptions.of("nats://" + SECRET + "@a"));
    String invalid = "nats://joe:" + SECRET + "@a:b";
    assertShowsNothing(assertThrows(IllegalArgumentException.class, () -> NatsOptions.of(invalid)));
  }

  @Test
  void ofTheWebSocketHeaderValuesAndThePasswordOfTheProxyDoNotShow() {
    WebSocketOptions options =
        WebSocketOptions.defaults()
            .withHeaders(Map.of("Authorization", SECRET))
            .withProxy(new HttpProxy("proxy", 3128, "joe", SECRET));
    assertShowsNothing(options);
    assertTrue(options.toString().contains("Authorization"));
    assertTrue(options.toString().contains("proxy:3128"));
  }

  private static void assertShowsNothing(Object value) {
    assertFalse(value.toString().contains(SECRET), "it shows a secret");
  }
}
