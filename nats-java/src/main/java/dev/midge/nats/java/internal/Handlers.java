package dev.midge.nats.java.internal;

import dev.midge.nats.java.MessageHandler;
import dev.midge.nats.java.RequestHandler;
import java.util.Objects;
import java.util.concurrent.Executor;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.CoroutineContext;
import kotlin.jvm.functions.Function1;
import kotlin.jvm.functions.Function2;
import kotlinx.coroutines.BuildersKt;
import kotlinx.coroutines.CoroutineDispatcher;
import org.jspecify.annotations.Nullable;

/**
 * Turns what Java handles messages with into what the core calls.
 *
 * <p>Kotlin knows that nobody writes to a message: to Java a message of values looks like one of
 * some subtype. So what the core hands over ({@code A}) is cast to what the handler takes.
 */
public final class Handlers {
  private Handlers() {}

  /**
   * A suspending function that runs {@code handler} on {@code executor}, or, without one, where it
   * is called.
   */
  public static <A> Function2<A, Continuation<? super Unit>, Object> suspending(
      MessageHandler<?> handler, @Nullable Executor executor) {
    return running(Handlers.<A>acting(handler), executor);
  }

  /** As {@link #suspending}, for answers: a caller would wait in vain for {@code null}. */
  public static <A, R> Function2<A, Continuation<? super R>, Object> replying(
      RequestHandler<?, ?> handler, @Nullable Executor executor) {
    RequestHandler<A, R> answering = answering(handler);
    return running(
        request ->
            Objects.requireNonNull(
                answering.onRequest(request),
                "the handler returned null; a reply may be empty, but not null"),
        executor);
  }

  /** As {@link #replying}, for answers that a codec encodes, {@code null} included. */
  public static <A, R> Function2<A, Continuation<? super R>, Object> replyingByCodec(
      RequestHandler<?, ?> handler, @Nullable Executor executor) {
    return running(Handlers.<A, R>answering(handler), executor);
  }

  /** A function that does not suspend. */
  public static <A> Function1<A, Unit> plain(MessageHandler<?> handler) {
    RequestHandler<A, Unit> acting = acting(handler);
    return argument -> call(acting, argument);
  }

  private static <A, R> Function2<A, Continuation<? super R>, Object> running(
      RequestHandler<A, R> handler, @Nullable Executor executor) {
    if (executor == null) {
      return (argument, continuation) -> call(handler, argument, continuation.getContext());
    }
    CoroutineDispatcher dispatcher = Threads.of(executor);
    return (argument, continuation) ->
        BuildersKt.withContext(
            dispatcher,
            (scope, inner) -> call(handler, argument, inner.getContext()),
            continuation);
  }

  @SuppressWarnings("unchecked")
  private static <A> RequestHandler<A, Unit> acting(MessageHandler<?> handler) {
    MessageHandler<A> taking = (MessageHandler<A>) Objects.requireNonNull(handler, "handler");
    return argument -> {
      taking.onMessage(argument);
      return Unit.INSTANCE;
    };
  }

  @SuppressWarnings("unchecked")
  private static <A, R> RequestHandler<A, R> answering(RequestHandler<?, ?> handler) {
    return (RequestHandler<A, R>) Objects.requireNonNull(handler, "handler");
  }

  /** While it runs, blocking calls of this thread know whose handler makes them. */
  private static <A, R> R call(RequestHandler<A, R> handler, A argument, CoroutineContext context) {
    CoroutineContext before = HandlerThread.enter(context);
    try {
      return call(handler, argument);
    } finally {
      HandlerThread.leave(before);
    }
  }

  /**
   * What the handler throws is thrown as it is: the core, which is Kotlin, knows no checked
   * exceptions.
   */
  private static <A, R> R call(RequestHandler<A, R> handler, A argument) {
    try {
      return handler.onRequest(argument);
    } catch (Exception e) {
      throw Handlers.<RuntimeException>unchecked(e);
    }
  }

  /** Throws {@code e}, whatever it is. */
  @SuppressWarnings("unchecked")
  public static <E extends Exception> E unchecked(Exception e) throws E {
    throw (E) e;
  }
}
