package dev.midge.nats.testing.internal.embedded

/** The tokens of a subject, and what a server asks of them. */
internal object Subject {
    /** Stands for one token. */
    const val ANY_TOKEN: String = "*"

    /** Stands for all tokens that follow; last in its subject. */
    const val ANY_TAIL: String = ">"

    fun tokens(subject: String): List<String> = subject.split('.')

    /** Whether one can subscribe to [tokens]: none empty, `>` only at the end. */
    fun isSubscribable(tokens: List<String>): Boolean =
        tokens.none { it.isEmpty() } && tokens.indexOf(ANY_TAIL).let { it < 0 || it == tokens.lastIndex }

    /** Whether one should publish to [tokens]: none empty and none a wildcard. Asked only of pedantic clients. */
    fun isLiteral(tokens: List<String>): Boolean = tokens.none { it.isEmpty() || it == ANY_TOKEN || it == ANY_TAIL }
}
