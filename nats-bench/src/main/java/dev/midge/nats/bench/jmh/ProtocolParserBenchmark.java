package dev.midge.nats.bench.jmh;

import dev.midge.nats.internal.protocol.MessageFrame;
import dev.midge.nats.internal.protocol.ProtocolLimits;
import dev.midge.nats.internal.protocol.ProtocolParser;
import dev.midge.nats.internal.protocol.ServerOperationHandler;
import java.nio.charset.StandardCharsets;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * MSG frames as they come off a socket, in large pieces and in small ones that cut through frames.
 */
public class ProtocolParserBenchmark extends MessageBenchmark {
  private static final int FRAMES = 500;
  private static final int MAX_PAYLOAD = 1024 * 1024;

  /** How many bytes one read of the socket brings. */
  @Param({"8192", "500"})
  private int piece;

  private final ProtocolParser parser =
      new ProtocolParser(new ProtocolLimits(MAX_PAYLOAD, MAX_PAYLOAD));
  private byte[] stream;

  @Setup
  public void makeStream() {
    String frame = "MSG bench.orders.created 42 " + size + "\r\n" + "x".repeat(size) + "\r\n";
    stream = frame.repeat(FRAMES).getBytes(StandardCharsets.US_ASCII);
  }

  @Benchmark
  @OperationsPerInvocation(FRAMES)
  public void messages(Blackhole blackhole) {
    ServerOperationHandler handler = new PayloadConsumer(blackhole);
    for (int at = 0; at < stream.length; at += piece) {
      parser.feed(stream, at, Math.min(at + piece, stream.length), handler);
    }
  }

  /** Any operation but a message would mean that the benchmark measures something else. */
  private static final class PayloadConsumer implements ServerOperationHandler {
    private final Blackhole blackhole;

    PayloadConsumer(Blackhole blackhole) {
      this.blackhole = blackhole;
    }

    @Override
    public void onMessage(MessageFrame frame) {
      blackhole.consume(frame.payload());
    }

    @Override
    public void onInfo(String json) {
      throw new IllegalStateException("INFO");
    }

    @Override
    public void onPing() {
      throw new IllegalStateException("PING");
    }

    @Override
    public void onPong() {
      throw new IllegalStateException("PONG");
    }

    @Override
    public void onOk() {
      throw new IllegalStateException("+OK");
    }

    @Override
    public void onError(String error) {
      throw new IllegalStateException(error);
    }
  }
}
