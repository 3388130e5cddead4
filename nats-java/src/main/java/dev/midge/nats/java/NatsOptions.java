package dev.midge.nats.java;

import dev.midge.nats.ConnectTarget;
import dev.midge.nats.NatsOptionsBuilder;
import dev.midge.nats.NatsOptionsKt;
import dev.midge.nats.Overflow;
import dev.midge.nats.Subject;
import dev.midge.nats.java.internal.Options;
import dev.midge.nats.java.internal.Threads;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import kotlin.Unit;
import kotlinx.coroutines.CoroutineDispatcher;
import kotlinx.coroutines.ExecutorsKt;
import org.jspecify.annotations.Nullable;

/**
 * How a connection behaves. Immutable; made by a {@link Builder}, changed by {@link #toBuilder()}.
 *
 * <pre>{@code
 * NatsOptions.builder()
 *     .servers("nats://a:4222", "nats://b:4222")
 *     .name("orders")
 *     .auth(Auth.userPassword("app", secret))
 *     .timeouts(TimeoutOptions.defaults().withRequest(Duration.ofSeconds(2)))
 *     .build();
 * }</pre>
 */
public final class NatsOptions {
  private final Builder source;
  private final dev.midge.nats.NatsOptions kotlin;

  private NatsOptions(Builder source, dev.midge.nats.NatsOptions kotlin) {
    this.source = source;
    this.kotlin = kotlin;
  }

  /** {@return a builder with the defaults, for the server {@code nats://localhost:4222}} */
  public static Builder builder() {
    Builder builder = new Builder(Options.defaults());
    builder.dispatcher = Threads.FOR_HANDLERS;
    return builder;
  }

  /**
   * {@return the defaults for {@code servers}}
   *
   * @param servers see {@link Builder#servers}.
   * @throws IllegalArgumentException if a server is not valid.
   */
  public static NatsOptions of(String servers) {
    return builder().servers(servers).build();
  }

  /**
   * {@return the options that {@code kotlin} are, which {@link #toKotlin()} returns unchanged}
   * Their dispatcher stays the {@link #executor()}: that of Kotlin's defaults has as many threads
   * as there are processors, which handlers should not block. Suspending functions among them block
   * the thread that calls them here.
   *
   * @param kotlin the options of a Kotlin program.
   */
  public static NatsOptions from(dev.midge.nats.NatsOptions kotlin) {
    return new NatsOptions(new Builder(kotlin), kotlin);
  }

  /** {@return these options for Kotlin; the same object each time} */
  public dev.midge.nats.NatsOptions toKotlin() {
    return kotlin;
  }

  /** {@return a builder with these options, for others that differ} */
  public Builder toBuilder() {
    return new Builder(source);
  }

  /** {@return what the server's monitoring pages call this client, or {@code null}} */
  public @Nullable String name() {
    return source.name;
  }

  /** {@return the credentials} Default {@link Auth#none()}. */
  public Auth auth() {
    return source.auth;
  }

  /**
   * {@return when and how connections are encrypted} Default: where the server asks for it,
   * trusting whom the JVM trusts.
   */
  public TlsOptions tls() {
    return source.tls;
  }

  /** {@return how servers with {@code ws://} and {@code wss://} URLs are reached} */
  public WebSocketOptions webSocket() {
    return source.webSocket;
  }

  /**
   * {@return whether the server sends the connection's own messages back to it} Default {@code
   * true}.
   */
  public boolean echo() {
    return source.echo;
  }

  /**
   * {@return whether the server acknowledges every frame with {@code +OK}} Slow; for debugging.
   * Default {@code false}.
   */
  public boolean verbose() {
    return source.verbose;
  }

  /**
   * {@return whether the server checks subjects strictly} Slow; for debugging. Default {@code
   * false}.
   */
  public boolean pedantic() {
    return source.pedantic;
  }

  /**
   * {@return whether the servers are tried in the given order} Default {@code false}: in a random
   * one.
   */
  public boolean noRandomize() {
    return source.noRandomize;
  }

  /** {@return what the subjects of inboxes begin with} Default {@code _INBOX}. */
  public Subject inboxPrefix() {
    return kotlin.getInboxPrefix();
  }

  /** {@return the limits of time} */
  public TimeoutOptions timeouts() {
    return source.timeouts;
  }

  /** {@return the limits of memory} */
  public BufferOptions buffers() {
    return source.buffers;
  }

  /** {@return what happens when the connection to a server is lost} */
  public ReconnectOptions reconnect() {
    return source.reconnect;
  }

  /**
   * {@return what is called before every attempt to connect, the first one included, and answers
   * where it goes: the target as it is given, or with another host and port} An exception refuses
   * the attempt, which then counts as failed. The place to ask a server's {@code /healthz} first.
   * It runs in {@link #executor()} and may block; its time counts for {@link
   * TimeoutOptions#connect()}, after which its thread is interrupted. Default none.
   */
  public @Nullable UnaryOperator<ConnectTarget> onConnecting() {
    return source.onConnecting;
  }

  /**
   * {@return what happens to subscriptions that name no {@link Overflow} of their own} Default
   * {@link Overflow.DropNewest}.
   */
  public Overflow overflow() {
    return source.overflow;
  }

  /**
   * {@return where handlers run, the functions of {@link Auth}, and what is chained to futures}
   * They may block its threads. Default: a virtual thread each where there are such (JDK 21),
   * otherwise a pool of threads for blocking calls ({@code Dispatchers.IO}). The client never shuts
   * it down; an executor that refuses work refuses the handlers of its connections.
   *
   * <p>It has to hand tasks to other threads, never run them in the one that brings them: that may
   * be the one which reads the socket. And one with few threads is held up by handlers that wait in
   * them for futures of the same connection.
   */
  public Executor executor() {
    return ExecutorsKt.asExecutor(source.dispatcher);
  }

  /** {@return the servers, the name and the kind of credentials; no secret} */
  @Override
  public String toString() {
    return kotlin.toString();
  }

  /**
   * Collects {@link NatsOptions}; each method is described there. Not safe to share between
   * threads.
   */
  public static final class Builder {
    private String servers;
    private @Nullable String name;
    private Auth auth;
    private TlsOptions tls;
    private WebSocketOptions webSocket;
    private boolean echo;
    private boolean verbose;
    private boolean pedantic;
    private boolean noRandomize;
    private String inboxPrefix;
    private TimeoutOptions timeouts;
    private BufferOptions buffers;
    private ReconnectOptions reconnect;
    private @Nullable UnaryOperator<ConnectTarget> onConnecting;
    private Overflow overflow;
    private CoroutineDispatcher dispatcher;

    private Builder(Builder from) {
      servers = from.servers;
      name = from.name;
      auth = from.auth;
      tls = from.tls;
      webSocket = from.webSocket;
      echo = from.echo;
      verbose = from.verbose;
      pedantic = from.pedantic;
      noRandomize = from.noRandomize;
      inboxPrefix = from.inboxPrefix;
      timeouts = from.timeouts;
      buffers = from.buffers;
      reconnect = from.reconnect;
      onConnecting = from.onConnecting;
      overflow = from.overflow;
      dispatcher = from.dispatcher;
    }

    private Builder(dev.midge.nats.NatsOptions kotlin) {
      var hook = kotlin.getOnConnecting();
      servers = servers(kotlin);
      name = kotlin.getName();
      auth = Auth.from(kotlin.getAuth());
      tls = TlsOptions.from(kotlin.getTls());
      webSocket = WebSocketOptions.from(kotlin.getWebSocket());
      echo = kotlin.getEcho();
      verbose = kotlin.getVerbose();
      pedantic = kotlin.getPedantic();
      noRandomize = kotlin.getNoRandomize();
      inboxPrefix = kotlin.getInboxPrefix().getValue();
      timeouts = TimeoutOptions.from(kotlin.getTimeouts());
      buffers = BufferOptions.from(kotlin.getBuffers());
      reconnect = ReconnectOptions.from(kotlin.getReconnect());
      onConnecting = hook == null ? null : OptionFunctions.blocking(hook);
      overflow = kotlin.getOverflow();
      dispatcher = kotlin.getDispatcher();
    }

    /**
     * Sets the servers, in place of {@code nats://localhost:4222}: {@code nats://host:port}, {@code
     * tls://} for those to be reached by TLS only, {@code ws://} and {@code wss://} for WebSockets
     * (with the module {@code nats-websocket}). The port defaults to 4222, for WebSockets to 80 and
     * 443.
     *
     * @param servers the URLs; each may be several, separated by commas. User and password, or a
     *     token, may stand before the host.
     * @return this builder.
     */
    public Builder servers(String... servers) {
      this.servers = String.join(",", List.of(servers));
      return this;
    }

    /**
     * Sets {@link NatsOptions#name()}.
     *
     * @param name the new value, or {@code null} for none.
     * @return this builder.
     */
    public Builder name(@Nullable String name) {
      this.name = name;
      return this;
    }

    /**
     * Sets {@link NatsOptions#auth()}.
     *
     * @param auth the new value.
     * @return this builder.
     */
    public Builder auth(Auth auth) {
      this.auth = Objects.requireNonNull(auth, "auth");
      return this;
    }

    /**
     * Sets {@link NatsOptions#tls()}.
     *
     * @param tls the new value.
     * @return this builder.
     */
    public Builder tls(TlsOptions tls) {
      this.tls = Objects.requireNonNull(tls, "tls");
      return this;
    }

    /**
     * Sets {@link NatsOptions#webSocket()}.
     *
     * @param webSocket the new value.
     * @return this builder.
     */
    public Builder webSocket(WebSocketOptions webSocket) {
      this.webSocket = Objects.requireNonNull(webSocket, "webSocket");
      return this;
    }

    /**
     * Sets {@link NatsOptions#echo()}.
     *
     * @param echo the new value.
     * @return this builder.
     */
    public Builder echo(boolean echo) {
      this.echo = echo;
      return this;
    }

    /**
     * Sets {@link NatsOptions#verbose()}.
     *
     * @param verbose the new value.
     * @return this builder.
     */
    public Builder verbose(boolean verbose) {
      this.verbose = verbose;
      return this;
    }

    /**
     * Sets {@link NatsOptions#pedantic()}.
     *
     * @param pedantic the new value.
     * @return this builder.
     */
    public Builder pedantic(boolean pedantic) {
      this.pedantic = pedantic;
      return this;
    }

    /**
     * Sets {@link NatsOptions#noRandomize()}.
     *
     * @param noRandomize the new value.
     * @return this builder.
     */
    public Builder noRandomize(boolean noRandomize) {
      this.noRandomize = noRandomize;
      return this;
    }

    /**
     * Sets {@link NatsOptions#inboxPrefix()}.
     *
     * @param inboxPrefix the new value.
     * @return this builder.
     */
    public Builder inboxPrefix(String inboxPrefix) {
      this.inboxPrefix = Objects.requireNonNull(inboxPrefix, "inboxPrefix");
      return this;
    }

    /**
     * Sets {@link NatsOptions#timeouts()}.
     *
     * @param timeouts the new value.
     * @return this builder.
     */
    public Builder timeouts(TimeoutOptions timeouts) {
      this.timeouts = Objects.requireNonNull(timeouts, "timeouts");
      return this;
    }

    /**
     * Sets {@link NatsOptions#buffers()}.
     *
     * @param buffers the new value.
     * @return this builder.
     */
    public Builder buffers(BufferOptions buffers) {
      this.buffers = Objects.requireNonNull(buffers, "buffers");
      return this;
    }

    /**
     * Sets {@link NatsOptions#reconnect()}.
     *
     * @param reconnect the new value.
     * @return this builder.
     */
    public Builder reconnect(ReconnectOptions reconnect) {
      this.reconnect = Objects.requireNonNull(reconnect, "reconnect");
      return this;
    }

    /**
     * Sets {@link NatsOptions#onConnecting()}.
     *
     * @param onConnecting the new value, or {@code null} for none.
     * @return this builder.
     */
    public Builder onConnecting(@Nullable UnaryOperator<ConnectTarget> onConnecting) {
      this.onConnecting = onConnecting;
      return this;
    }

    /**
     * Sets {@link NatsOptions#overflow()}.
     *
     * @param overflow the new value.
     * @return this builder.
     */
    public Builder overflow(Overflow overflow) {
      this.overflow = Objects.requireNonNull(overflow, "overflow");
      return this;
    }

    /**
     * Sets {@link NatsOptions#executor()}.
     *
     * @param executor the new value.
     * @return this builder.
     */
    public Builder executor(Executor executor) {
      this.dispatcher = Threads.of(executor);
      return this;
    }

    /**
     * {@return the options as they are set now} The builder may be used on.
     *
     * @throws IllegalArgumentException if a server is not valid.
     * @throws dev.midge.nats.InvalidSubjectException if {@link #inboxPrefix} is no subject, or
     *     holds a wildcard.
     */
    public NatsOptions build() {
      Builder copy = new Builder(this);
      return new NatsOptions(copy, copy.toKotlin());
    }

    private dev.midge.nats.NatsOptions toKotlin() {
      return NatsOptionsKt.NatsOptions(
          servers,
          kotlin -> {
            set(kotlin);
            return Unit.INSTANCE;
          });
    }

    private void set(NatsOptionsBuilder kotlin) {
      var hook = onConnecting;
      kotlin.setName(name);
      kotlin.setAuth(auth.toKotlin());
      kotlin.setTls(tls.toKotlin());
      kotlin.setWebSocket(webSocket.toKotlin(dispatcher));
      kotlin.setEcho(echo);
      kotlin.setVerbose(verbose);
      kotlin.setPedantic(pedantic);
      kotlin.setNoRandomize(noRandomize);
      kotlin.setInboxPrefix(inboxPrefix);
      kotlin.setTimeouts(timeouts.toKotlin());
      kotlin.setBuffers(buffers.toKotlin());
      kotlin.setReconnect(reconnect.toKotlin());
      kotlin.setOnConnecting(hook == null ? null : OptionFunctions.apart(hook, dispatcher));
      kotlin.setOverflow(overflow);
      kotlin.setDispatcher(dispatcher);
    }

    /** As they were given, with the credentials in them, which only a builder shows. */
    private static String servers(dev.midge.nats.NatsOptions kotlin) {
      String[] servers = new String[1];
      kotlin.copy(
          builder -> {
            servers[0] = builder.getServers();
            return Unit.INSTANCE;
          });
      return servers[0];
    }
  }
}
