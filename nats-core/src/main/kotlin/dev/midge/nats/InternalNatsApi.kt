package dev.midge.nats

/**
 * Marks what Midge's own modules share. Not for programs: it changes without notice, between patch versions too.
 */
@RequiresOptIn("This is shared between Midge's own modules and changes without notice.", RequiresOptIn.Level.ERROR)
@Retention(AnnotationRetention.BINARY)
@Target(AnnotationTarget.CLASS, AnnotationTarget.CONSTRUCTOR, AnnotationTarget.FUNCTION, AnnotationTarget.PROPERTY)
public annotation class InternalNatsApi
