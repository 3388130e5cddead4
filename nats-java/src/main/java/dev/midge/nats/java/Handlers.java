package dev.midge.nats.java;

import dev.midge.nats.NatsMessage;
import dev.midge.nats.serialization.TypedMessage;
import dev.midge.nats.serialization.TypedReply;
import java.util.Objects;
import java.util.concurrent.Executor;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlin.jvm.functions.Function1;
import kotlin.jvm.functions.Function2;
import kotlinx.coroutines.BuildersKt;
import kotlinx.coroutines.CoroutineDispatcher;
import org.jspecify.annotations.Nullable;

/** Turns what Java handles messages with into what the core calls. */
final class Handlers {
  /** As a handler of the user's, whatever it takes and returns. */
  @FunctionalInterface
  interface Handler<A, R> {
    R handle(A argument) throws Exception;
  }

  private Handlers() {}

  static Handler<NatsMessage, Unit> of(MessageHandler handler) {
    return message -> {
      handler.onMessage(message);
      return Unit.INSTANCE;
    };
  }

  /**
   * Kotlin knows that nobody writes to a message: to Java that looks like a message of some
   * subtype.
   */
  @SuppressWarnings("unchecked")
  static <T> Handler<TypedMessage<? extends T>, Unit> ofTyped(TypedMessageHandler<T> handler) {
    return message -> {
      handler.onMessage((TypedMessage<T>) message);
      return Unit.INSTANCE;
    };
  }

  /** See the other one. */
  @SuppressWarnings("unchecked")
  static <T, R>
      Function2<TypedMessage<? extends T>, Continuation<? super TypedReply<? extends R>>, Object>
          ofTyped(TypedReplyHandler<T, R> handler, @Nullable Executor executor) {
    return suspending(request -> handler.onRequest((TypedMessage<T>) request), executor);
  }

  /**
   * A suspending function that runs {@code handler} on {@code executor}, or, without one, where it
   * is called.
   */
  static <A, R> Function2<A, Continuation<? super R>, Object> suspending(
      Handler<A, R> handler, @Nullable Executor executor) {
    if (executor == null) return (argument, continuation) -> call(handler, argument);
    CoroutineDispatcher dispatcher = Threads.of(executor);
    return (argument, continuation) ->
        BuildersKt.withContext(dispatcher, (scope, inner) -> call(handler, argument), continuation);
  }

  /** A handler whose caller would wait in vain if it returned {@code null}. */
  static <A, R> Handler<A, R> replying(Handler<A, R> handler) {
    return request ->
        Objects.requireNonNull(
            handler.handle(request),
            "the handler returned null; a reply may be empty, but not null");
  }

  /** A function that does not suspend. */
  static <A, R> Function1<A, R> plain(Handler<A, R> handler) {
    return argument -> call(handler, argument);
  }

  /**
   * What the handler throws is thrown as it is: the core, which is Kotlin, knows no checked
   * exceptions.
   */
  private static <A, R> R call(Handler<A, R> handler, A argument) {
    try {
      return handler.handle(argument);
    } catch (Exception e) {
      throw Handlers.<RuntimeException>unchecked(e);
    }
  }

  @SuppressWarnings("unchecked")
  static <E extends Exception> E unchecked(Exception e) throws E {
    throw (E) e;
  }
}
