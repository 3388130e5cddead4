package dev.midge.nats.bench.jmh;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** From the socket to the collector of a subscription, or to its inline handler. */
public class ReceiveBenchmark extends MessageBenchmark {
  /** Fewer than what a subscription holds by default: nothing is dropped. */
  private static final int BATCH = 10_000;

  @Param({"flow", "inline"})
  private String dispatch;

  private LoopbackServer server;
  private ReceiveLoop loop;

  @Setup
  public void connect() {
    server = new LoopbackServer();
    loop = new ReceiveLoop(server, size, BATCH, dispatch.equals("inline"));
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void receive() {
    loop.receiveBatch();
  }

  @TearDown
  public void disconnect() {
    loop.close();
    server.close();
  }
}
