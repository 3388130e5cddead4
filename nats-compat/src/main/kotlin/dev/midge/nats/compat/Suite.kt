package dev.midge.nats.compat

/** Does what a command asks for, and returns what is replied once that is stored. */
internal typealias Action = suspend (Command) -> ByteArray

/** Tests that belong together. */
internal interface Suite {
    /** What [step] of [test] asks for, or `null` if there is no such test. */
    fun action(test: String, step: String): Action?
}

/** The reply of a command that asks for no result. */
internal val Done: ByteArray = ByteArray(0)
