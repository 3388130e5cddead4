package dev.midge.nats.testing.internal.process

import dev.midge.nats.testing.internal.Deadline
import java.nio.file.Path
import java.time.Duration
import kotlin.io.path.writeText
import kotlin.time.toKotlinDuration

/** Writes [config] to [file], sends SIGHUP to [child], and waits for the line in its log that says how it went. */
internal fun reloadAndWait(child: ServerChild, file: Path, config: String, timeout: Duration) {
    val before = child.readLog().length
    file.writeText(config)
    child.signal("HUP")
    val line =
        Deadline.after(timeout.toKotlinDuration()).poll {
            child.readLog().drop(before).lineSequence().find { RELOADED in it || FAILED in it }
        }
    checkNotNull(line) { "The server did not answer to the reload within $timeout." }
    check(RELOADED in line) { "The server refused the configuration: $line" }
}

private const val RELOADED = "Reloaded server configuration"
private const val FAILED = "Failed to reload server configuration"
