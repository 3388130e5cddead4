/**
 * Key-value buckets for Java, by calls that block.
 *
 * <p>{@code KeyValues.of(js)} is where it begins. Configurations, values, events and exceptions are
 * those of {@code dev.midge.nats.kv}, which a program adds as {@code dev.midge:nats-jetstream}. All
 * calls may be made by virtual threads, which leave their carrier to others while they wait. An
 * interrupt cancels a call: it ends with {@code CallInterruptedException}, and the thread stays
 * interrupted.
 */
@NullMarked
package dev.midge.nats.java.kv;

import org.jspecify.annotations.NullMarked;
