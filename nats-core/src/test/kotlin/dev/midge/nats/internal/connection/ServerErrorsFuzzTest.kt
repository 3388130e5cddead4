package dev.midge.nats.internal.connection

import com.code_intelligence.jazzer.junit.FuzzTest
import dev.midge.nats.PermissionViolationException.Operation
import dev.midge.nats.internal.protocol.ProtocolLimits

/** Any `-ERR` is understood or not, without an exception, also at full length; a name comes back as the server quoted it. */
class ServerErrorsFuzzTest {
    @FuzzTest
    fun error(input: ByteArray) {
        val error = input.decodeToString()
        ServerErrors.refusal(error)
        ServerErrors.permissionViolation(error)

        // At the length of a whole control line: whoever looks at a character more than a few times does not come to an end.
        if (error.isNotEmpty()) {
            val repeated = error.repeat(ProtocolLimits.CONTROL_LINE / error.length)
            ServerErrors.permissionViolation(repeated)
            ServerErrors.permissionViolation("Permissions Violation for Publish to \"$repeated")
        }

        if ('\n' in error || '\r' in error) return
        val told = ServerErrors.permissionViolation(
            "Permissions Violation for Subscription to ${quoted(error)} using queue ${quoted("q$error")}",
        )
        check(told?.operation == Operation.SUBSCRIBE && told.subject == error && told.queueGroup == "q$error") { "$told for '$error'" }
    }

    /** As Go's `%q` does. */
    private fun quoted(name: String): String = name.codePoints().toArray().joinToString("", "\"", "\"") { code ->
        when (code) {
            '"'.code -> "\\\""
            '\\'.code -> "\\\\"
            0x07 -> "\\a"
            in 0..0x1F, 0x7F -> "\\x%02x".format(code)
            in 0x80..0xA0, 0x2028 -> "\\u%04x".format(code)
            in 0x10000..0x10FFFF -> "\\U%08x".format(code)
            else -> String(Character.toChars(code))
        }
    }
}
