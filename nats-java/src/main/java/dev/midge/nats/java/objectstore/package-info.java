/**
 * Object stores for Java: objects of any size, by calls that block.
 *
 * <p>{@code ObjectStores.of(jetStream)} is where it begins. Configurations, values and exceptions
 * are those of {@code dev.midge.nats.objectstore}, which a program adds as {@code
 * dev.midge:nats-jetstream}. All calls may be made by virtual threads, which leave their carrier to
 * others while they wait. An interrupt cancels a call: it ends with {@code
 * CallInterruptedException}, and the thread stays interrupted.
 */
@NullMarked
package dev.midge.nats.java.objectstore;

import org.jspecify.annotations.NullMarked;
