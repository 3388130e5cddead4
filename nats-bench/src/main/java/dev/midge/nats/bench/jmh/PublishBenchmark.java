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

/** {@code publish} of a byte array to a Subject, over a socket to a server that discards. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class PublishBenchmark {
  /** So many that starting the coroutine that publishes them is no part of the figures. */
  private static final int BATCH = 10_000;

  @Param({"16", "128", "1024"})
  private int size;

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
