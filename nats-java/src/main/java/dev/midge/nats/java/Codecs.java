package dev.midge.nats.java;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.midge.nats.java.internal.PayloadCodecs;
import dev.midge.nats.serialization.JacksonFormat;
import dev.midge.nats.serialization.PayloadCodec;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

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
    return PayloadCodecs.codec(Json.FORMAT.codec(type));
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
    return PayloadCodecs.codec(codec);
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
    return PayloadCodecs.codec(new JacksonFormat(mapper, contentType).codec(type));
  }

  /**
   * Text, as UTF-8; malformed sequences become U+FFFD.
   *
   * @return the codec.
   */
  public static Codec<String> text() {
    return Text.CODEC;
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
}
