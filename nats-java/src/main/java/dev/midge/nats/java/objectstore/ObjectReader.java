package dev.midge.nats.java.objectstore;

import dev.midge.nats.java.internal.BlockingCall;
import dev.midge.nats.java.internal.FlowPublisher;
import dev.midge.nats.java.internal.Reading;
import dev.midge.nats.objectstore.ObjectInfo;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.concurrent.Flow;
import kotlinx.coroutines.Dispatchers;

/**
 * The bytes of one object, to be read in one of several ways, any number of times. A handle:
 * nothing is read before. All methods may be called from any thread.
 *
 * <p>However it is read: chunks, bytes and SHA-256 are compared with what they should be, and the
 * end comes only if all of them are right; otherwise a {@link
 * dev.midge.nats.objectstore.ObjectReadException} says what is wrong, and what was handed over
 * before is not the object. More is asked for as what has come is taken, up to 4 MiB ahead. A lost
 * connection and a change of the leader are survived: reading goes on behind the last chunk.
 */
public final class ObjectReader {
  private final dev.midge.nats.objectstore.ObjectReader reader;

  ObjectReader(dev.midge.nats.objectstore.ObjectReader reader) {
    this.reader = reader;
  }

  /**
   * The object; that which it leads to, if a link was asked for.
   *
   * @return what the store says of it.
   */
  public ObjectInfo info() {
    return reader.info();
  }

  /**
   * All bytes, in an array of the caller's own.
   *
   * @return the bytes.
   * @throws dev.midge.nats.objectstore.ObjectReadException if the object is not what it should be,
   *     or is replaced meanwhile.
   * @throws IllegalStateException if no array can be that long.
   */
  public byte[] bytes() {
    return BlockingCall.await(c -> reader.bytes(c));
  }

  /**
   * Writes it to a file. It is written beside it, and takes its place when it was found to be
   * right: until then, and if this fails, a file that was there stays.
   *
   * @param path the file.
   * @throws IOException if it cannot be written.
   * @throws dev.midge.nats.objectstore.ObjectReadException as {@link #bytes}.
   */
  public void writeTo(Path path) throws IOException {
    Reading.await(c -> reader.writeTo(path, c));
  }

  /**
   * Its bytes, for one thread at a time; closing it from another one ends a read. Close it, unless
   * it is read to its end. Its reads throw an {@link IOException} for every failure, with an {@link
   * dev.midge.nats.objectstore.ObjectReadException} as the cause if the object is not what it
   * should be, and an {@link java.io.InterruptedIOException} if their thread is interrupted.
   *
   * @return the bytes; the object is asked for at the first read.
   */
  public InputStream inputStream() {
    return reader.inputStream();
  }

  /**
   * Its chunks in their order, for a library that subscribes: each subscriber reads the object
   * anew. The arrays are the subscriber's own.
   *
   * @return the chunks; no more come than are requested.
   */
  public Flow.Publisher<byte[]> publisher() {
    return new FlowPublisher<>(reader.chunks(), Dispatchers.getIO());
  }

  @Override
  public String toString() {
    return reader.toString();
  }
}
