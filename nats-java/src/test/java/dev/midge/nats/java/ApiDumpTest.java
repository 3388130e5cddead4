package dev.midge.nats.java;

import dev.midge.nats.testing.fixtures.ApiDump;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ApiDumpTest {
  @Test
  void thePublicApiIsTheOneThatIsCommitted() {
    new ApiDump(Path.of("target/classes"), Path.of("api/nats-java.api")).check();
  }
}
