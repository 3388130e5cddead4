package dev.midge.nats.bench.jmh;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** {@code publish} of a byte array to a Subject, over a socket to a server that discards. */
public class PublishBenchmark extends MessageBenchmark {
  /** So many that starting the coroutine that publishes them is no part of the figures. */
  private static final int BATCH = 10_000;

  private LoopbackServer server;
  private PublishLoop loop;

  @Setup
  public void connect() {
    server = new LoopbackServer();
    loop = new PublishLoop(server.getUrl(), size);
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
