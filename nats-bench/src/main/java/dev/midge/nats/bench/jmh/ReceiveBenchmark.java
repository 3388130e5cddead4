package dev.midge.nats.bench.jmh;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** From the socket to the collector of a subscription, or to its inline handler. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class ReceiveBenchmark {
  /** Fewer than what a subscription holds by default: nothing is dropped. */
  private static final int BATCH = 10_000;

  @Param({"16", "128", "1024"})
  private int size;

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
