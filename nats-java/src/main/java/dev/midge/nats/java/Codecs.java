package dev.midge.nats.java;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.midge.nats.serialization.JacksonFormat;
import dev.midge.nats.serialization.PayloadCodec;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import kotlinx.io.CoreKt;
import kotlinx.io.JvmCoreKt;
import kotlinx.io.Sink;
import kotlinx.io.SinksJvmKt;
import kotlinx.io.Source;
import kotlinx.io.SourcesJvmKt;
import org.jspecify.annotations.Nullable;

/**
 * Codecs: those of Jackson for records and beans, and text.
 *
 * <p>Jackson is an optional dependency: a program that uses it brings {@code jackson-databind}, and
 * the data format it uses. Make a codec once and keep it.
 */
public final class Codecs {
  private Codecs() {}

  /**
   * JSON by Jackson, with every Jackson module on the class path.
   *
   * @param <T> the type.
   * @param type the class of the values: a record, a bean, or anything else that Jackson knows.
   * @return the codec.
   * @throws dev.midge.nats.serialization.UnsupportedTypeException if Jackson does not know how to
   *     handle the type.
   */
  public static <T> Codec<T> json(Class<T> type) {
    return new CoreCodec<>(Json.FORMAT.codec(type));
  }

  /**
   * JSON by Jackson, for types with arguments: {@code json(new TypeReference<List<Order>>() {})}.
   *
   * @param <T> the type.
   * @param type the type of the values.
   * @return the codec.
   * @throws dev.midge.nats.serialization.UnsupportedTypeException if Jackson does not know how to
   *     handle the type.
   */
  public static <T> Codec<T> json(TypeReference<T> type) {
    @SuppressWarnings("unchecked")
    PayloadCodec<T> codec = (PayloadCodec<T>) Json.FORMAT.codec(type.getType());
    return new CoreCodec<>(codec);
  }

  /**
   * Any format of Jackson, by a mapper of one's own.
   *
   * @param <T> the type.
   * @param mapper how; not to be configured any more.
   * @param contentType the media type of what it writes.
   * @param type the class of the values.
   * @return the codec.
   * @throws dev.midge.nats.serialization.UnsupportedTypeException if Jackson does not know how to
   *     handle the type.
   */
  public static <T> Codec<T> jackson(ObjectMapper mapper, String contentType, Class<T> type) {
    return new CoreCodec<>(new JacksonFormat(mapper, contentType).codec(type));
  }

  /**
   * Text, as UTF-8; malformed sequences become U+FFFD.
   *
   * @return the codec.
   */
  public static Codec<String> text() {
    return Text.CODEC;
  }

  /** What the core calls for {@code codec}. */
  static <T> PayloadCodec<T> payloadCodec(Codec<T> codec) {
    return codec instanceof CoreCodec<T> known ? known.codec : new StreamCodec<>(codec);
  }

  /** Made when first asked for: without Jackson the other codecs work. */
  private static final class Json {
    static final JacksonFormat FORMAT = JacksonFormat.json();
  }

  private static final class Text {
    static final Codec<String> CODEC =
        new Codec<>() {
          @Override
          public void encode(String value, OutputStream out) throws IOException {
            out.write(value.getBytes(StandardCharsets.UTF_8));
          }

          @Override
          public String decode(InputStream in) throws IOException {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
          }
        };
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
