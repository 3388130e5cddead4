/** What the client for Java is made of; nothing here is for its users. */
@NullMarked
package dev.midge.nats.java.internal;

import org.jspecify.annotations.NullMarked;
