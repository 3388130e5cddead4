package dev.midge.nats.testing.contract

/** What ends a connection, and with which words. */
val VIOLATION_DIALOGUES =
    listOf(
        violation("an unknown operation", QUIET, "FOO", error = UNKNOWN),
        violation("an unknown letter, before the line ends", "$QUIET\r\nX", error = UNKNOWN).withoutLineEnd(),
        violation("a verb that goes wrong, before the line ends", "$QUIET\r\nPX", error = UNKNOWN).withoutLineEnd(),
        violation("an empty line", QUIET, "", error = UNKNOWN),
        violation("what only servers say", QUIET, "MSG a 1 2", "hi", error = UNKNOWN),
        violation("PUB without a blank", QUIET, "PUB", error = UNKNOWN),
        violation("SUB without a blank", QUIET, "SUB", error = UNKNOWN),
        violation("UNSUB without a blank", QUIET, "UNSUB", error = UNKNOWN),
        violation("-ERR without a blank", QUIET, "-ERR", error = UNKNOWN),
        violation("a payload longer than its size", QUIET, "PUB a 2", "hiX", error = UNKNOWN),
        violation("a payload that a line feed alone ends", "$QUIET\r\nPUB a 2\r\nhi\n", error = UNKNOWN).withoutLineEnd(),
        violation("a payload whose end is no line feed", "$QUIET\r\nPUB a 2\r\nhi\rX", error = UNKNOWN).withoutLineEnd(),
        violation("PUB with one argument", QUIET, "PUB a"),
        violation("PUB with four arguments", QUIET, "PUB a b c 2"),
        violation("PUB with no number for a size", QUIET, "PUB a x"),
        violation("PUB with a negative size", QUIET, "PUB a -1"),
        violation("PUB with a signed size", QUIET, "PUB a +2"),
        violation("PUB with a size of ten digits", QUIET, "PUB a 0000000002"),
        violation("PUB with a size that no number holds", QUIET, "PUB a 99999999999999999999"),
        violation("PUB over the payload limit", QUIET, "PUB a 1048577", error = "Maximum Payload Violation"),
        violation("PUB far over the payload limit", QUIET, "PUB a 999999999", error = "Maximum Payload Violation"),
        violation("HPUB over the payload limit", HEADERS, "HPUB a 12 1048577", error = "Maximum Payload Violation"),
        violation("HPUB of a client without headers", QUIET, "HPUB a 12 14"),
        violation("HPUB with more headers than message", HEADERS, "HPUB a 6 5"),
        violation("HPUB with no number for the headers", HEADERS, "HPUB a x 5"),
        violation("HPUB with no number for the message", HEADERS, "HPUB a 3 y"),
        violation("HPUB with two arguments", HEADERS, "HPUB a 3"),
        violation("SUB with one argument", QUIET, "SUB a"),
        violation("SUB with four arguments", QUIET, "SUB a b c d"),
        violation("SUB with no argument", QUIET, "SUB "),
        violation("UNSUB with three arguments", QUIET, "UNSUB 1 2 3"),
        violation("SUB over the line limit", QUIET, "SUB ${"a".repeat(4095)} 1", error = CONTROL_LINE),
        violation("a SUB that never ends", "$QUIET\r\nSUB ${"a".repeat(5000)}", error = CONTROL_LINE).withoutLineEnd(),
        violation("PUB over the line limit", QUIET, "PUB ${"a".repeat(5000)} 1", error = CONTROL_LINE),
        violation("CONNECT over the line limit", """CONNECT {"name":"${"a".repeat(5000)}"}""", error = CONTROL_LINE),
        violation("INFO over the line limit", QUIET, "INFO ${"a".repeat(5000)}", error = CONTROL_LINE),
        violation("-ERR over the line limit", QUIET, "-ERR ${"a".repeat(5000)}", error = CONTROL_LINE),
        violation("blanks over the line limit", QUIET, "SUB a${" ".repeat(5000)}1", error = CONTROL_LINE),
        dialogue("blanks ahead of the arguments do not count", QUIET, "SUB ${" ".repeat(5000)}a 1"),
        dialogue("a line of just the limit is no violation", QUIET, "SUB ${"a".repeat(4094)} 1"),
    )

private const val UNKNOWN = "Unknown Protocol Operation"
private const val CONTROL_LINE = "maximum control line exceeded"

/** The same without the end of its last line. */
private fun Dialogue.withoutLineEnd(): Dialogue =
    Dialogue(name, listOf(says.removeSuffix("\r\n")), listOf(hears.removeSuffix("\r\n")), ends = true, lineEnd = "")
