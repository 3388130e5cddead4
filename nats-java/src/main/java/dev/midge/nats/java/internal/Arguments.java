package dev.midge.nats.java.internal;

import dev.midge.nats.Subject;
import org.jspecify.annotations.Nullable;

/** What callers hand over, as the core takes it. */
public final class Arguments {
  private Arguments() {}

  /** The subject itself, or one made of the text. */
  public static Subject subject(CharSequence text) {
    return text instanceof Subject subject ? subject : new Subject(text.toString());
  }

  /** As {@link #subject}, of what may be left out. */
  public static @Nullable Subject subjectOrNull(@Nullable CharSequence text) {
    return text == null ? null : subject(text);
  }
}
