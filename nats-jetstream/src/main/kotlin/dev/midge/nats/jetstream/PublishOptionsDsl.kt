@file:JvmSynthetic // What options are made by in Kotlin. Java calls their builders.

package dev.midge.nats.jetstream

/**
 * The default publish options, changed by [configure].
 *
 * @throws IllegalArgumentException if a value is not valid.
 */
public fun PublishOptions(configure: PublishOptions.Builder.() -> Unit): PublishOptions = PublishOptions.builder().apply(configure).build()
