package dev.midge.nats.java;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/**
 * Turns values of one type into payloads and back. {@link Codecs} has those of Jackson; one's own
 * is two methods:
 *
 * <pre>{@code
 * final class PointCodec implements Codec<Point> {
 *   public void encode(Point value, OutputStream out) throws IOException {
 *     new DataOutputStream(out).writeInt(value.x());
 *   }
 *   public Point decode(InputStream in) throws IOException {
 *     return new Point(new DataInputStream(in).readInt());
 *   }
 * }
 * }</pre>
 *
 * <p>A codec is used by any number of threads at once: it keeps nothing between calls.
 *
 * @param <T> the type.
 */
public interface Codec<T> {
  /**
   * Writes {@code value} to {@code out}: pooled memory, from which it is copied once, to the
   * socket's batch. What is thrown becomes the cause of an {@code UnencodableValueException}, and
   * nothing is sent.
   *
   * @param value the value.
   * @param out takes the payload; valid until this returns.
   * @throws IOException if the value does not encode.
   */
  void encode(T value, OutputStream out) throws IOException;

  /**
   * Reads one value from {@code in}, which ends where the payload ends and reads the received bytes
   * where they are. What is thrown becomes the cause of an {@code UndecodableMessageException}.
   *
   * @param in the payload; valid until this returns.
   * @return the value.
   * @throws IOException if the payload is no value of this type.
   */
  T decode(InputStream in) throws IOException;

  /**
   * The media type of the payloads, such as {@code application/json}.
   *
   * @return empty if they have none.
   */
  default Optional<String> contentType() {
    return Optional.empty();
  }
}
