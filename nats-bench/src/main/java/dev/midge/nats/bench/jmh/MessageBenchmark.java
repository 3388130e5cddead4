package dev.midge.nats.bench.jmh;

import org.openjdk.jmh.annotations.Param;

/** Measures by payload size. */
public abstract class MessageBenchmark extends NanosecondBenchmark {
  /** Bytes of payload. */
  @Param({"16", "128", "1024"})
  protected int size;
}
