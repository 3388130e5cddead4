package dev.midge.nats.java;

import dev.midge.nats.java.internal.Options;
import java.time.Duration;

/**
 * A server that may be tried next, as {@link ReconnectOptions#selectServer()} sees it.
 *
 * @param url where it listens, without credentials.
 * @param isDiscovered whether a server of the cluster named it; otherwise it stands in the options.
 * @param failures how many attempts in a row have failed there.
 * @param delay how long it will be left alone yet.
 */
public record ServerCandidate(String url, boolean isDiscovered, int failures, Duration delay) {

  static ServerCandidate from(dev.midge.nats.ServerCandidate kotlin) {
    return new ServerCandidate(
        kotlin.getUrl(), kotlin.isDiscovered(), kotlin.getFailures(), Options.delay(kotlin));
  }

  dev.midge.nats.ServerCandidate toKotlin() {
    return Options.candidate(url, isDiscovered, failures, delay);
  }
}
