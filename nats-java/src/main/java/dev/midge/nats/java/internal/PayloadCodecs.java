package dev.midge.nats.java.internal;

import dev.midge.nats.java.Codec;
import dev.midge.nats.serialization.PayloadCodec;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.Optional;
import kotlinx.io.CoreKt;
import kotlinx.io.JvmCoreKt;
import kotlinx.io.Sink;
import kotlinx.io.SinksJvmKt;
import kotlinx.io.Source;
import kotlinx.io.SourcesJvmKt;
import org.jspecify.annotations.Nullable;

/** Codecs as the core calls them, and as Java does. */
public final class PayloadCodecs {
  private PayloadCodecs() {}

  /** What the core calls for {@code codec}. */
  public static <T> PayloadCodec<T> of(Codec<T> codec) {
    return codec instanceof CoreCodec<T> known ? known.codec : new StreamCodec<>(codec);
  }

  /** A codec of the core's for Java. */
  public static <T> Codec<T> codec(PayloadCodec<T> codec) {
    return new CoreCodec<>(codec);
  }

  /** A codec of the core's, which needs no streams when the core itself calls it. */
  private record CoreCodec<T>(PayloadCodec<T> codec) implements Codec<T> {
    @Override
    public void encode(T value, OutputStream out) {
      Sink sink = CoreKt.buffered(JvmCoreKt.asSink(out));
      codec.encode(value, sink);
      sink.flush();
    }

    @Override
    public T decode(InputStream in) {
      return codec.decode(CoreKt.buffered(JvmCoreKt.asSource(in)));
    }

    @Override
    public Optional<String> contentType() {
      return Optional.ofNullable(codec.getContentType());
    }
  }

  /** A codec of the user's, as the core calls it. */
  private record StreamCodec<T>(Codec<T> codec) implements PayloadCodec<T> {
    @Override
    public void encode(T value, Sink sink) {
      try {
        codec.encode(value, SinksJvmKt.asOutputStream(sink));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public T decode(Source source) {
      try {
        return codec.decode(SourcesJvmKt.asInputStream(source));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public @Nullable String getContentType() {
      return codec.contentType().orElse(null);
    }

    /** The {@code T} that the codec's class names, or that class itself. */
    @Override
    public String getTypeName() {
      for (Type type : codec.getClass().getGenericInterfaces()) {
        if (type instanceof ParameterizedType of
            && of.getRawType() == Codec.class
            && !(of.getActualTypeArguments()[0] instanceof TypeVariable<?>)) {
          return of.getActualTypeArguments()[0].getTypeName();
        }
      }
      return "a value of " + codec.getClass().getName();
    }
  }
}
