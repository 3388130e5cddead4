package dev.midge.nats.testing.internal

/** What a finished program left behind; [output] holds both of its streams. */
internal class CommandResult(val exitCode: Int, val output: String) {
    val succeeded: Boolean get() = exitCode == 0
}
