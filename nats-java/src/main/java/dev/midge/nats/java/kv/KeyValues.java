package dev.midge.nats.java.kv;

import dev.midge.nats.java.Codec;
import dev.midge.nats.java.internal.BlockingCall;
import dev.midge.nats.java.internal.PayloadCodecs;
import dev.midge.nats.java.internal.Pulled;
import dev.midge.nats.java.internal.Settings;
import dev.midge.nats.java.jetstream.JetStream;
import dev.midge.nats.kv.KeyCodec;
import dev.midge.nats.kv.KeyValueConfig;
import dev.midge.nats.kv.KeyValueConfigBuilder;
import dev.midge.nats.kv.KeyValueStatus;
import dev.midge.nats.kv.KeyValuesKt;
import dev.midge.nats.serialization.BytesCodec;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The key-value buckets of an account. A handle without a life: it asks the server nothing until it
 * is used, and needs no close. All methods may be called from any thread.
 */
public final class KeyValues {
  private final dev.midge.nats.jetstream.JetStream jetStream;

  private KeyValues(dev.midge.nats.jetstream.JetStream jetStream) {
    this.jetStream = jetStream;
  }

  /**
   * The buckets that JetStream keeps.
   *
   * @param jetStream how they are reached.
   * @return the handle.
   */
  public static KeyValues of(JetStream jetStream) {
    return new KeyValues(jetStream.toKotlin());
  }

  /**
   * A bucket whose values are bytes, as a handle: nothing is asked, and the bucket need not be
   * there yet.
   *
   * @param bucket its name.
   * @return the handle.
   */
  public KeyValue<byte[]> keyValue(String bucket) {
    return new KeyValue<>(
        KeyValuesKt.keyValue(jetStream, bucket, BytesCodec.INSTANCE, KeyCodec.Plain));
  }

  /**
   * As {@link #keyValue(String)}, with values of one type.
   *
   * @param <T> the type of the values.
   * @param bucket its name.
   * @param codec what turns values into bytes and back, such as {@code Codecs.json(Config.class)}.
   * @return the handle.
   */
  public <T> KeyValue<T> keyValue(String bucket, Codec<T> codec) {
    return keyValue(bucket, codec, KeyCodec.Plain);
  }

  /**
   * As the one without a codec for keys.
   *
   * @param <T> the type of the values.
   * @param bucket its name.
   * @param codec what turns values into bytes and back.
   * @param keys what keys are called in the bucket.
   * @return the handle.
   */
  public <T> KeyValue<T> keyValue(String bucket, Codec<T> codec, KeyCodec keys) {
    return new KeyValue<>(KeyValuesKt.keyValue(jetStream, bucket, PayloadCodecs.of(codec), keys));
  }

  /**
   * Makes a bucket. Returns also if it is there already and is the same.
   *
   * @param config what it keeps.
   * @return the bucket as it is then.
   * @throws dev.midge.nats.kv.BucketExistsException if it is there and differs.
   * @throws dev.midge.nats.jetstream.FeatureNotSupportedException if the server does not have what
   *     is asked for. Nothing is made then, unless the message says that the stream is kept without
   *     it.
   */
  public KeyValueStatus createKeyValue(KeyValueConfig config) {
    return BlockingCall.await(c -> KeyValuesKt.createKeyValue(jetStream, config, c));
  }

  /**
   * Changes what is set, and nothing else: not what others have set.
   *
   * @param bucket its name.
   * @param changes sets what shall change.
   * @return the bucket as it is then.
   * @throws dev.midge.nats.kv.BucketNotFoundException if there is no such bucket.
   * @throws dev.midge.nats.jetstream.FeatureNotSupportedException if the server does not have what
   *     is asked for.
   */
  public KeyValueStatus updateKeyValue(String bucket, Consumer<KeyValueConfigBuilder> changes) {
    return BlockingCall.await(
        c -> KeyValuesKt.updateKeyValue(jetStream, bucket, Settings.of(changes), c));
  }

  /**
   * Makes a bucket, or changes it if it is there.
   *
   * @param bucket its name.
   * @param settings sets what it shall have; what it does not set stays.
   * @return the bucket as it is then.
   */
  public KeyValueStatus createOrUpdateKeyValue(
      String bucket, Consumer<KeyValueConfigBuilder> settings) {
    return BlockingCall.await(
        c -> KeyValuesKt.createOrUpdateKeyValue(jetStream, bucket, Settings.of(settings), c));
  }

  /**
   * Deletes a bucket and all that it holds.
   *
   * @param bucket its name.
   * @throws dev.midge.nats.kv.BucketNotFoundException if there is no such bucket.
   */
  public void deleteKeyValue(String bucket) {
    BlockingCall.await(c -> KeyValuesKt.deleteKeyValue(jetStream, bucket, c));
  }

  /**
   * All buckets, asked for by pages as they are taken.
   *
   * @return the buckets.
   */
  public Stream<KeyValueStatus> keyValues() {
    return Pulled.stream(KeyValuesKt.keyValues(jetStream));
  }

  /**
   * The names of all buckets, asked for by pages as they are taken.
   *
   * @return the names.
   */
  public Stream<String> keyValueNames() {
    return Pulled.stream(KeyValuesKt.keyValueNames(jetStream));
  }

  @Override
  public String toString() {
    return "KeyValues(" + jetStream + ")";
  }
}
