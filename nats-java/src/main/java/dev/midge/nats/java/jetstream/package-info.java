/**
 * JetStream for Java: streams, publishing with acknowledgements and consumers, by calls that block.
 *
 * <p>{@code JetStream.of(nats)} is where it begins. Configurations, values and exceptions are those
 * of {@code dev.midge.nats.jetstream}, which a program adds as {@code dev.midge:nats-jetstream}.
 * All calls may be made by virtual threads, which leave their carrier to others while they wait. An
 * interrupt cancels a call: it ends with {@code CallInterruptedException}, and the thread stays
 * interrupted.
 */
@NullMarked
package dev.midge.nats.java.jetstream;

import org.jspecify.annotations.NullMarked;
