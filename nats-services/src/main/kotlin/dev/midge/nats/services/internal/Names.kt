package dev.midge.nats.services.internal

import dev.midge.nats.Subject

/** The rules of ADR-32 for what services are called. */
internal object Names {
    private val name = Regex("[A-Za-z0-9_-]+")

    /** The official expression of semver.org. */
    private val version = Regex(
        "(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)" +
            "(?:-((?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\\.(?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?" +
            "(?:\\+([0-9a-zA-Z-]+(?:\\.[0-9a-zA-Z-]+)*))?",
    )

    /** @throws IllegalArgumentException if [text] is no name for a service or an endpoint, told by [kind]. */
    fun check(kind: String, text: String): String {
        require(name.matches(text)) { "the name of a $kind is '$text'; use letters, digits, '-' and '_'" }
        return text
    }

    /** @throws IllegalArgumentException if [text] is no version by the rules of Semantic Versioning. */
    fun checkVersion(text: String): String {
        require(version.matches(text)) { "the version of a service is '$text'; write it as 1.2.0 or 1.2.0-beta.1 (semver.org)" }
        return text
    }

    /**
     * [below] after [prefix], which may be empty.
     *
     * @throws dev.midge.nats.InvalidSubjectException if that is no subject.
     */
    fun join(prefix: String, below: String): String = Subject(if (prefix.isEmpty()) below else "$prefix.$below").value

    /** @throws IllegalArgumentException if [text] cannot stand before subjects; it may be empty. */
    fun checkPrefix(text: String): String {
        require(text != ">" && !text.endsWith(".>")) { "the prefix '$text' takes all that may follow; name tokens" }
        return text
    }
}
