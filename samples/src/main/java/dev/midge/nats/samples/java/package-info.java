/** The samples in Java; each has a twin of the same name in Kotlin, one package above. */
package dev.midge.nats.samples.java;
