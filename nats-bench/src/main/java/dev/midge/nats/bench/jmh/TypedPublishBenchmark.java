package dev.midge.nats.bench.jmh;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * {@code publish} of an object as 100 bytes of JSON to a bound subject, over a socket to a server
 * that discards: with {@code -prof gc} it shows that there is no array of the payload.
 */
public class TypedPublishBenchmark extends NanosecondBenchmark {
  /** So many that starting the coroutine that publishes them is no part of the figures. */
  private static final int BATCH = 10_000;

  /**
   * Who writes the JSON: {@code prepared} is nobody, the bytes are there already; {@code array} is
   * Jackson's {@code writeValueAsBytes}, whose array is then published.
   */
  @Param({"kotlinx", "jackson", "prepared", "array"})
  private String json;

  private LoopbackServer server;
  private TypedPublishLoop loop;

  @Setup
  public void connect() {
    server = new LoopbackServer();
    loop = new TypedPublishLoop(server.getUrl(), json);
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void publish() {
    loop.publish(BATCH);
  }

  @TearDown
  public void disconnect() {
    loop.close();
    server.close();
  }
}
