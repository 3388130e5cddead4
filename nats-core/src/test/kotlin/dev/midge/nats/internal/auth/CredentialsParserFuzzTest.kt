package dev.midge.nats.internal.auth

import com.code_intelligence.jazzer.junit.FuzzTest
import dev.midge.nats.AuthenticationException

/** Any bytes end in credentials or an [AuthenticationException]: for the file, and for the seed that it holds. */
class CredentialsParserFuzzTest {
    @FuzzTest
    fun content(input: ByteArray) {
        val credentials = try {
            CredentialsParser.parse(input)
        } catch (expected: AuthenticationException) {
            return
        }
        check(credentials.jwt.count { it == '.' } == 2 && credentials.jwt.none { it <= ' ' || it >= '\u007F' || it in "\"\\" }) {
            "'${credentials.jwt}' is no JWT"
        }

        val seed = credentials.seed.concatToString()
        val again = CredentialsParser.parse("------\n${credentials.jwt}\n------\n------\n$seed\n------".toByteArray(Charsets.ISO_8859_1))
        check(again.jwt == credentials.jwt && again.seed.contentEquals(credentials.seed)) { "read back as something else" }

        try {
            NKeyCodec.decodeSeed(credentials.seed).wipe()
        } catch (expected: AuthenticationException) {
            return
        }
    }
}
