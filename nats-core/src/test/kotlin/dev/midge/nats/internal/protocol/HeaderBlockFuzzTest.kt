package dev.midge.nats.internal.protocol

import com.code_intelligence.jazzer.junit.FuzzTest
import dev.midge.nats.MalformedHeadersException

/** Any bytes end in headers or a [MalformedHeadersException]; what was read can be passed on and is read the same. */
class HeaderBlockFuzzTest {
    @FuzzTest
    fun block(input: ByteArray) {
        val block = try {
            HeaderBlock.decode(input)
        } catch (expected: MalformedHeadersException) {
            return
        }
        val entries = block.headers.entries
        check(entries.all { (name, value) -> name.isNotEmpty() && HeaderSyntax.valueViolation(name + value) == null }) { "$entries" }
        check(HeaderBlock.decode(block.headers.wire).headers == block.headers) { "$entries is read back as something else" }

        val code = HeaderBlock.statusCode(input)
        check(code == (block.status?.code ?: 0)) { "the status is $code at a glance and ${block.status} in full" }
    }
}
