package dev.midge.nats.java;

import dev.midge.nats.java.internal.Options;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import kotlin.jvm.functions.Function1;
import org.jspecify.annotations.Nullable;

/** What of {@link ReconnectOptions} has types of its own in either language. */
final class ReconnectConversion {
  private ReconnectConversion() {}

  static WhileDisconnected from(dev.midge.nats.WhileDisconnected kotlin) {
    if (kotlin instanceof dev.midge.nats.WhileDisconnected.Buffer buffer) {
      return WhileDisconnected.buffer(buffer.getBytes());
    }
    if (kotlin instanceof dev.midge.nats.WhileDisconnected.Suspend suspend) {
      return WhileDisconnected.suspend(Options.timeout(suspend));
    }
    return WhileDisconnected.fail();
  }

  static dev.midge.nats.WhileDisconnected toKotlin(WhileDisconnected java) {
    Objects.requireNonNull(java, "whileDisconnected");
    if (java instanceof WhileDisconnected.Buffer buffer) {
      return new dev.midge.nats.WhileDisconnected.Buffer(buffer.bytes());
    }
    if (java instanceof WhileDisconnected.Suspend suspend) {
      return Options.suspendFor(suspend.timeout());
    }
    return dev.midge.nats.WhileDisconnected.Fail.INSTANCE;
  }

  static @Nullable Function<List<ServerCandidate>, @Nullable ServerCandidate> from(
      @Nullable
          Function1<
              ? super List<dev.midge.nats.ServerCandidate>,
              dev.midge.nats.@Nullable ServerCandidate>
          kotlin) {
    if (kotlin == null) return null;
    return servers -> {
      var chosen = kotlin.invoke(servers.stream().map(ServerCandidate::toKotlin).toList());
      return chosen == null ? null : ServerCandidate.from(chosen);
    };
  }

  static @Nullable
      Function1<List<dev.midge.nats.ServerCandidate>, dev.midge.nats.@Nullable ServerCandidate>
      toKotlin(@Nullable Function<List<ServerCandidate>, @Nullable ServerCandidate> java) {
    if (java == null) return null;
    return servers -> {
      var chosen = java.apply(servers.stream().map(ServerCandidate::from).toList());
      return chosen == null ? null : chosen.toKotlin();
    };
  }
}
