package dev.midge.nats.bench.jmh;

import dev.midge.nats.internal.protocol.ProtocolEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;

/** Whole PUB and HPUB frames into a buffer. */
public class ProtocolEncoderBenchmark extends MessageBenchmark {
  private static final int FRAMES = 100;

  private final byte[] subject = "bench.orders.created".getBytes(StandardCharsets.US_ASCII);
  private final byte[] headers =
      "NATS/1.0\r\nTrace-Id: 0af7651916cd43dd8448eb211c80319c\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);
  private byte[] payload;
  private ByteBuffer out;

  @Setup
  public void allocate() {
    payload = new byte[size];
    int frame =
        ProtocolEncoder.INSTANCE.headerPublishSize(
            subject, null, headers.length, headers.length + size);
    out = ByteBuffer.allocateDirect(FRAMES * frame);
  }

  @Benchmark
  @OperationsPerInvocation(FRAMES)
  public ByteBuffer publish() {
    ByteBuffer buffer = out.clear();
    for (int i = 0; i < FRAMES; i++) {
      ProtocolEncoder.INSTANCE.publishLine(buffer, subject, null, payload.length);
      buffer.put(payload);
      ProtocolEncoder.INSTANCE.endPayload(buffer);
    }
    return buffer;
  }

  @Benchmark
  @OperationsPerInvocation(FRAMES)
  public ByteBuffer publishWithHeaders() {
    ByteBuffer buffer = out.clear();
    int total = headers.length + payload.length;
    for (int i = 0; i < FRAMES; i++) {
      ProtocolEncoder.INSTANCE.headerPublishLine(buffer, subject, null, headers.length, total);
      buffer.put(headers).put(payload);
      ProtocolEncoder.INSTANCE.endPayload(buffer);
    }
    return buffer;
  }
}
