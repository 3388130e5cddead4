package dev.midge.nats.jetstream.internal.api

import java.security.SecureRandom

/** Names of streams and consumers, which are tokens of subjects and, on the server, names of files. */
internal object Names {
    /** @throws IllegalArgumentException if the server would not take [name] for a stream or a consumer, told by [kind]. */
    fun check(kind: String, name: String): String {
        require(name.isNotEmpty()) { "the name of a $kind is empty; give it one" }
        require(name.encodeToByteArray().size <= MAX_BYTES) {
            "the name of a $kind has more than $MAX_BYTES bytes: '${name.take(SHOWN)}...'"
        }
        val bad = name.firstOrNull { it <= ' ' || it in ".*>/\\" || it == '\u007f' }
        require(bad == null) {
            "the name of a $kind has '${if (bad!! <= ' ') "U+%04X".format(bad.code) else bad.toString()}' in it: '$name'; " +
                "use letters, digits, '-' and '_'"
        }
        return name
    }

    /** Whether [name] may be that of a bucket, of keys or of objects (ADR-8, ADR-20). */
    fun isBucket(name: String): Boolean = BUCKET.matches(name)

    /** @throws IllegalArgumentException if [name] may not be that of a bucket, told by [kind]. */
    fun checkBucket(kind: String, name: String): String {
        require(isBucket(name)) { "'$name' is no name of a $kind: use letters, digits, '-' and '_'" }
        return name
    }

    /** A name that nobody else has. */
    fun random(): String = String(CharArray(RANDOM_LENGTH) { ALPHABET[random.nextInt(ALPHABET.length)] })

    private val BUCKET = Regex("[a-zA-Z0-9_-]+")
    private const val MAX_BYTES = 255
    private const val SHOWN = 40
    private const val RANDOM_LENGTH = 12
    private const val ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    private val random = SecureRandom()
}
