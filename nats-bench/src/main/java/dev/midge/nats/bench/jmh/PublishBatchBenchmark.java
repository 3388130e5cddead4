package dev.midge.nats.bench.jmh;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** A hundred messages by as many calls and by one, from four coroutines. */
public class PublishBatchBenchmark extends MessageBenchmark {
  private static final int PUBLISHERS = 4;
  private static final int BATCH = 100;
  private static final int BATCHES = 1_000;

  private LoopbackServer server;
  private BatchLoop loop;

  @Setup
  public void connect() {
    server = new LoopbackServer();
    loop = new BatchLoop(server.getUrl(), size, PUBLISHERS, BATCH);
  }

  @Benchmark
  @OperationsPerInvocation(BATCH * BATCHES)
  public void single() {
    loop.publishSingly(BATCHES);
  }

  @Benchmark
  @OperationsPerInvocation(BATCH * BATCHES)
  public void batch() {
    loop.publishInBatches(BATCHES);
  }

  @TearDown
  public void disconnect() {
    loop.close();
    server.close();
  }
}
