/**
 * Services for Java: endpoints with blocking handlers, and those who look for services.
 *
 * <p>{@code Service.start} begins one, {@code Services.of(nats)} finds them. Options, values and
 * exceptions are those of {@code dev.midge.nats.services}, which a program adds as {@code
 * dev.midge:nats-services}. All calls may be made by virtual threads, which leave their carrier to
 * others while they wait. An interrupt cancels a call: it ends with {@code
 * CallInterruptedException}, and the thread stays interrupted.
 */
@NullMarked
package dev.midge.nats.java.services;

import org.jspecify.annotations.NullMarked;
