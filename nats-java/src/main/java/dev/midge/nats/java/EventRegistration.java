package dev.midge.nats.java;

import kotlinx.coroutines.Job;

/** A listener that is told of events until this is closed. */
public final class EventRegistration implements AutoCloseable {
  private final Job job;

  EventRegistration(Job job) {
    this.job = job;
  }

  /** Ends the calls; one that is under way goes on. Idempotent. */
  @Override
  public void close() {
    job.cancel(null);
  }
}
