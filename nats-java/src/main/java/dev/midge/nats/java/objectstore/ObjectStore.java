package dev.midge.nats.java.objectstore;

import dev.midge.nats.java.internal.BlockingCall;
import dev.midge.nats.java.internal.FlowPublisher;
import dev.midge.nats.java.internal.Flows;
import dev.midge.nats.java.internal.Pulled;
import dev.midge.nats.java.internal.Reading;
import dev.midge.nats.java.internal.Settings;
import dev.midge.nats.objectstore.ObjectEvent;
import dev.midge.nats.objectstore.ObjectInfo;
import dev.midge.nats.objectstore.ObjectMetaBuilder;
import dev.midge.nats.objectstore.ObjectStoreStatus;
import dev.midge.nats.objectstore.PutOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.stream.Stream;
import kotlinx.coroutines.Dispatchers;

/**
 * One object store, by its name: objects of any size under names of any text. A handle without a
 * life: the store may be made, changed or deleted by anybody meanwhile. All methods may be called
 * from any thread.
 *
 * <p>Every method throws {@link dev.midge.nats.objectstore.ObjectStoreNotFoundException} if there
 * is no such store, and what {@link dev.midge.nats.jetstream.JetStreamException} lists. Metadata is
 * read from the leader: what was stored is found.
 */
public final class ObjectStore {
  private final dev.midge.nats.objectstore.ObjectStore store;

  ObjectStore(dev.midge.nats.objectstore.ObjectStore store) {
    this.store = store;
  }

  /**
   * Its name.
   *
   * @return the name.
   */
  public String bucket() {
    return store.bucket();
  }

  /**
   * The store as it is now.
   *
   * @return the store.
   */
  public ObjectStoreStatus status() {
    return BlockingCall.await(c -> store.status(c));
  }

  /**
   * Makes the store unchangeable, for good: nothing can be put or deleted any more.
   *
   * @return the store as it is then.
   */
  public ObjectStoreStatus seal() {
    return BlockingCall.await(c -> store.seal(c));
  }

  /**
   * Stores bytes as an object, in place of one that is there.
   *
   * @param name its name, any text.
   * @param bytes the bytes; leave the array alone until this returns.
   * @return what the store says of it.
   * @throws dev.midge.nats.objectstore.ObjectNotStoredException as {@link #put(String, byte[],
   *     PutOptions)}.
   */
  public ObjectInfo put(String name, byte[] bytes) {
    return put(name, bytes, PutOptions.Default);
  }

  /**
   * Stores bytes as an object, in place of one that is there.
   *
   * <p>Chunks are stored first, some of them at a time, then the metadata that makes them an
   * object; until then, readers get the old one. Of several that put the same name, the last one
   * stays, and nothing of the others. If it fails or is interrupted, what was stored of it is
   * removed before this ends; that waits up to 20 s for servers that are away.
   *
   * @param name its name, any text.
   * @param bytes the bytes; leave the array alone until this returns.
   * @param options what it has beside its bytes.
   * @return what the store says of it.
   * @throws dev.midge.nats.objectstore.ObjectNotStoredException if the store does not take it, or
   *     the connection is lost; its cause says why.
   * @throws dev.midge.nats.objectstore.ObjectUnconfirmedException if nobody says whether the
   *     metadata was stored.
   */
  public ObjectInfo put(String name, byte[] bytes, PutOptions options) {
    return BlockingCall.await(c -> store.put(name, bytes, options, c));
  }

  /**
   * As {@link #put(String, byte[])}, with what a stream has to its end.
   *
   * @param name its name, any text.
   * @param input the bytes, which are read as there is room for them; it stays open.
   * @return what the store says of it.
   * @throws IOException if {@code input} throws it.
   */
  public ObjectInfo put(String name, InputStream input) throws IOException {
    return put(name, input, PutOptions.Default);
  }

  /**
   * As {@link #put(String, byte[], PutOptions)}, with what a stream has to its end.
   *
   * @param name its name, any text.
   * @param input the bytes, which are read as there is room for them; it stays open.
   * @param options what it has beside its bytes.
   * @return what the store says of it.
   * @throws IOException if {@code input} throws it.
   */
  public ObjectInfo put(String name, InputStream input, PutOptions options) throws IOException {
    return Reading.await(c -> store.put(name, input, options, c));
  }

  /**
   * As {@link #put(String, byte[])}, with a file.
   *
   * @param name its name, any text.
   * @param path the file.
   * @return what the store says of it.
   * @throws IOException if it cannot be read.
   */
  public ObjectInfo put(String name, Path path) throws IOException {
    return put(name, path, PutOptions.Default);
  }

  /**
   * As {@link #put(String, byte[], PutOptions)}, with a file.
   *
   * @param name its name, any text.
   * @param path the file.
   * @param options what it has beside its bytes.
   * @return what the store says of it.
   * @throws IOException if it cannot be read.
   */
  public ObjectInfo put(String name, Path path, PutOptions options) throws IOException {
    return Reading.await(c -> store.put(name, path, options, c));
  }

  /**
   * As {@link #put(String, byte[], PutOptions)}, with pieces of any size, which are requested as
   * there is room for them: their sizes are not those of the chunks.
   *
   * @param name its name, any text.
   * @param pieces the bytes; leave each array alone.
   * @param options what it has beside its bytes.
   * @return what the store says of it.
   * @throws IOException if {@code pieces} end with it.
   */
  public ObjectInfo put(String name, Flow.Publisher<byte[]> pieces, PutOptions options)
      throws IOException {
    return Reading.await(c -> store.put(name, Flows.of(pieces), options, c));
  }

  /**
   * An object, to be read; that which it leads to, if it is a link.
   *
   * @param name its name.
   * @return its bytes.
   * @throws dev.midge.nats.objectstore.ObjectNotFoundException if there is none.
   * @throws dev.midge.nats.objectstore.ObjectLinkException if it is a link to a store, or to
   *     another link.
   */
  public ObjectReader get(String name) {
    return new ObjectReader(BlockingCall.await(c -> store.get(name, c)));
  }

  /**
   * What the store says of an object, or nothing if there is none. Of a link, what it says of the
   * link.
   *
   * @param name its name.
   * @return what it says.
   */
  public Optional<ObjectInfo> info(String name) {
    return Optional.ofNullable(BlockingCall.await(c -> store.info(name, c)));
  }

  /**
   * Deletes an object, or a link. That it was there remains known. Does nothing if it is deleted
   * already.
   *
   * @param name its name.
   * @throws dev.midge.nats.objectstore.ObjectNotFoundException if there never was one.
   * @throws dev.midge.nats.objectstore.ObjectUnconfirmedException if nobody says whether it was
   *     done.
   */
  public void delete(String name) {
    BlockingCall.await(c -> store.delete(name, c));
  }

  /**
   * Changes what is set of an object's metadata, and nothing else; its bytes stay. With another
   * name it is renamed: what it was called before is free then; a watch tells of that name as of a
   * deleted one. Do not rename what somebody else may replace at the same moment: it is not known
   * of every server that both come through.
   *
   * @param name its name.
   * @param update sets what shall change.
   * @return what the store says of it then.
   * @throws dev.midge.nats.objectstore.ObjectNotFoundException if there is none.
   * @throws dev.midge.nats.objectstore.ObjectExistsException if there is one of the new name.
   * @throws dev.midge.nats.objectstore.ObjectChangedException if it is to be renamed, and somebody
   *     has replaced it meanwhile: it keeps its name.
   * @throws dev.midge.nats.objectstore.ObjectUnconfirmedException if nobody says whether it was
   *     done. If it is to be renamed, it may have both names then, of the same bytes.
   */
  public ObjectInfo updateMeta(String name, Consumer<ObjectMetaBuilder> update) {
    return BlockingCall.await(c -> store.updateMeta(name, Settings.of(update), c));
  }

  /**
   * Makes a link to an object, of this store or another one: who gets it gets that, as it is then.
   *
   * @param name the link's name.
   * @param target where it leads.
   * @return what the store says of the link.
   * @throws dev.midge.nats.objectstore.ObjectExistsException if there is an object of that name
   *     which is no link.
   * @throws IllegalArgumentException if {@code target} was deleted, or is a link.
   * @throws dev.midge.nats.objectstore.ObjectUnconfirmedException if nobody says whether it was
   *     done.
   */
  public ObjectInfo addLink(String name, ObjectInfo target) {
    return BlockingCall.await(c -> store.addLink(name, target, c));
  }

  /**
   * Makes a link to a whole store. It cannot be got; {@link ObjectInfo#link} says where it leads.
   *
   * @param name the link's name.
   * @param other where it leads.
   * @return what the store says of the link.
   * @throws dev.midge.nats.objectstore.ObjectExistsException if there is an object of that name
   *     which is no link.
   * @throws dev.midge.nats.objectstore.ObjectUnconfirmedException if nobody says whether it was
   *     done.
   */
  public ObjectInfo addBucketLink(String name, ObjectStore other) {
    return BlockingCall.await(c -> store.addBucketLink(name, other.store, c));
  }

  /**
   * What the store says of all objects, in the order of their last changes.
   *
   * @return the objects; to be closed, unless they are taken to their end.
   */
  public Stream<ObjectInfo> list() {
    return list(false);
  }

  /**
   * As {@link #list()}, and of deleted objects too if they are wanted.
   *
   * @param includeDeleted whether they are.
   * @return the objects; to be closed, unless they are taken to their end.
   */
  public Stream<ObjectInfo> list(boolean includeDeleted) {
    return Pulled.stream(store.list(includeDeleted));
  }

  /**
   * All objects as they are, then {@link ObjectEvent.CaughtUp}, then what happens to them. It
   * survives lost connections, restarts of servers and changes of leaders: the last state of each
   * object comes.
   *
   * @return the events, without an end; to be closed.
   */
  public Stream<ObjectEvent> watch() {
    return watch(false);
  }

  /**
   * As {@link #watch()}, or without the objects that are there.
   *
   * @param updatesOnly whether to begin with {@link ObjectEvent.CaughtUp}.
   * @return the events, without an end; to be closed.
   */
  public Stream<ObjectEvent> watch(boolean updatesOnly) {
    return Pulled.stream(store.watch(updatesOnly));
  }

  /**
   * As {@link #watch(boolean)}, for a library that subscribes: each subscriber watches for itself.
   *
   * @param updatesOnly whether to begin with {@link ObjectEvent.CaughtUp}.
   * @return the events; no more come than are requested.
   */
  public Flow.Publisher<ObjectEvent> watchPublisher(boolean updatesOnly) {
    return new FlowPublisher<>(store.watch(updatesOnly), Dispatchers.getIO());
  }

  @Override
  public String toString() {
    return store.toString();
  }
}
