package dev.midge.nats

/** Marks what is easy to use wrongly, with consequences for the whole connection. Its documentation says which. */
@RequiresOptIn(
    "This can break the connection for all its users if it is used wrongly; read its documentation.",
    RequiresOptIn.Level.WARNING,
)
@Retention(AnnotationRetention.BINARY)
@Target(AnnotationTarget.CLASS, AnnotationTarget.FUNCTION, AnnotationTarget.PROPERTY)
public annotation class DelicateNatsApi
