package dev.midge.nats.java;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.midge.nats.AuthResponse;
import dev.midge.nats.HttpProxy;
import dev.midge.nats.NatsAuth;
import dev.midge.nats.NatsOptions;
import dev.midge.nats.WebSocketOptions;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OptionsShowNoSecretsTest {
  private static final String SECRET = "s3cr3t";
  private static final char[] SEED = SECRET.toCharArray();

  static Stream<NatsAuth> kinds() {
    return Stream.of(
        NatsAuth.None.INSTANCE,
        new NatsAuth.UserPassword("joe", SECRET),
        new NatsAuth.Token(SECRET),
        new NatsAuth.NKey(SEED),
        new NatsAuth.NKey(SECRET::toCharArray),
        new NatsAuth.Jwt(SECRET, new NatsAuth.NKey(SEED)),
        new NatsAuth.Jwt(SECRET, new NatsAuth.NKey(SECRET::toCharArray)),
        new NatsAuth.Credentials(SECRET),
        new NatsAuth.Supplied(() -> new NatsAuth.Token(SECRET)),
        new NatsAuth.Authenticator(info -> AuthResponse.builder().token(SECRET).build()));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void ofCredentialsOnlyTheKindShows(NatsAuth auth) {
    assertShowsNothing(auth);
    assertShowsNothing(NatsOptions.builder().auth(auth).build());
  }

  @Test
  void ofACredentialsFileThePathShows() {
    assertTrue(new NatsAuth.CredentialsFile(Path.of("app.creds")).toString().contains("app.creds"));
  }

  @Test
  void ofAnAnswerOnlyTheNamesOfItsFieldsShow() {
    byte[] signature = SECRET.getBytes();
    assertShowsNothing(AuthResponse.builder().user(SECRET).password(SECRET).build());
    assertShowsNothing(AuthResponse.builder().token(SECRET).build());
    assertShowsNothing(AuthResponse.builder().nkey(SECRET).signature(signature).build());
    assertShowsNothing(AuthResponse.builder().jwt(SECRET).signature(signature).build());
    assertTrue(AuthResponse.builder().token(SECRET).build().toString().contains("token"));
  }

  @Test
  void ofServersTheCredentialsDoNotShow() {
    assertShowsNothing(NatsOptions.builder().servers("nats://joe:" + SECRET + "@a").build());
    assertShowsNothing(NatsOptions.builder().servers("nats://" + SECRET + "@a").build());
    String invalid = "nats://joe:" + SECRET + "@a:b";
    assertShowsNothing(
        assertThrows(
            IllegalArgumentException.class, () -> NatsOptions.builder().servers(invalid).build()));
  }

  @Test
  void ofTheWebSocketHeaderValuesAndThePasswordOfTheProxyDoNotShow() {
    WebSocketOptions options =
        WebSocketOptions.builder()
            .headers(Map.of("Authorization", SECRET))
            .proxy(new HttpProxy("proxy", 3128, "joe", SECRET))
            .build();
    assertShowsNothing(options);
    assertTrue(options.toString().contains("Authorization"));
    assertTrue(options.toString().contains("proxy:3128"));
  }

  private static void assertShowsNothing(Object value) {
    assertFalse(value.toString().contains(SECRET), "it shows a secret");
  }
}
