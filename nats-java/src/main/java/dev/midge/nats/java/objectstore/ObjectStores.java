package dev.midge.nats.java.objectstore;

import dev.midge.nats.java.internal.BlockingCall;
import dev.midge.nats.java.internal.Pulled;
import dev.midge.nats.java.internal.Settings;
import dev.midge.nats.java.jetstream.JetStream;
import dev.midge.nats.objectstore.ObjectStoreConfig;
import dev.midge.nats.objectstore.ObjectStoreConfigBuilder;
import dev.midge.nats.objectstore.ObjectStoreStatus;
import dev.midge.nats.objectstore.ObjectStoresKt;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The object stores of an account. A handle without a life: it asks the server nothing until it is
 * used, and needs no close. All methods may be called from any thread.
 */
public final class ObjectStores {
  private final dev.midge.nats.jetstream.JetStream jetStream;

  private ObjectStores(dev.midge.nats.jetstream.JetStream jetStream) {
    this.jetStream = jetStream;
  }

  /**
   * The stores that JetStream keeps.
   *
   * @param jetStream how they are reached.
   * @return the handle.
   */
  public static ObjectStores of(JetStream jetStream) {
    return new ObjectStores(jetStream.toKotlin());
  }

  /**
   * A store, as a handle: nothing is asked, and the store need not be there yet.
   *
   * @param bucket its name: letters, digits, {@code -} and {@code _}.
   * @return the handle.
   */
  public ObjectStore objectStore(String bucket) {
    return new ObjectStore(ObjectStoresKt.objectStore(jetStream, bucket));
  }

  /**
   * Makes a store. Returns also if it is there already and is the same.
   *
   * @param config what it keeps.
   * @return the store.
   * @throws dev.midge.nats.objectstore.ObjectStoreExistsException if it is there and differs.
   * @throws dev.midge.nats.jetstream.FeatureNotSupportedException if the server does not have what
   *     is asked for.
   */
  public ObjectStore createObjectStore(ObjectStoreConfig config) {
    return new ObjectStore(
        BlockingCall.await(c -> ObjectStoresKt.createObjectStore(jetStream, config, c)));
  }

  /**
   * Changes what is set, and nothing else: not what others have set.
   *
   * @param bucket the store.
   * @param changes sets what shall change.
   * @return the store as it is then.
   * @throws dev.midge.nats.objectstore.ObjectStoreNotFoundException if there is no such store.
   */
  public ObjectStoreStatus updateObjectStore(
      String bucket, Consumer<ObjectStoreConfigBuilder> changes) {
    return BlockingCall.await(
        c -> ObjectStoresKt.updateObjectStore(jetStream, bucket, Settings.of(changes), c));
  }

  /**
   * Deletes a store and all that is in it.
   *
   * @param bucket the store.
   * @throws dev.midge.nats.objectstore.ObjectStoreNotFoundException if there is no such store.
   */
  public void deleteObjectStore(String bucket) {
    BlockingCall.await(c -> ObjectStoresKt.deleteObjectStore(jetStream, bucket, c));
  }

  /**
   * All stores, asked for by pages as they are taken.
   *
   * @return the stores.
   */
  public Stream<ObjectStoreStatus> objectStores() {
    return Pulled.stream(ObjectStoresKt.objectStores(jetStream));
  }

  /**
   * The names of all stores, asked for by pages as they are taken.
   *
   * @return the names.
   */
  public Stream<String> objectStoreNames() {
    return Pulled.stream(ObjectStoresKt.objectStoreNames(jetStream));
  }

  @Override
  public String toString() {
    return "ObjectStores(" + jetStream + ")";
  }
}
