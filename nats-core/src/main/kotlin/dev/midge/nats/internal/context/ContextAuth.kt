package dev.midge.nats.internal.context

import dev.midge.nats.NatsAuth
import java.nio.ByteBuffer
import java.nio.CharBuffer
import java.nio.file.Files
import java.nio.file.Path

/** The credentials of a context: the first kind that it names. */
internal object ContextAuth {
    /** `null` if it names none: those in the URL count, if there are any. */
    fun of(fields: ContextFile): NatsAuth? {
        val user = fields.text("user")
        val credentials = fields.file("creds")
        val key = fields.file("nkey")?.let { file -> NatsAuth.NKey { seed(file) } }
        val jwt = fields.text("user_jwt")
        return when {
            user != null -> NatsAuth.UserPassword(user, fields.text("password").orEmpty())
            credentials != null -> NatsAuth.CredentialsFile(credentials)
            jwt != null -> if (key == null) NatsAuth.BearerJwt(jwt) else NatsAuth.Jwt(jwt, key)
            key != null -> key
            else -> fields.text("token")?.let(NatsAuth::Token)
        }
    }

    /** The seed in [file], alone or between lines of dashes. The caller overwrites it; the bytes that it came from are overwritten here. */
    private fun seed(file: Path): CharArray {
        val bytes = Files.readAllBytes(file)
        val chars: CharBuffer = Charsets.US_ASCII.decode(ByteBuffer.wrap(bytes))
        bytes.fill(0)
        val text = CharArray(chars.remaining()).also(chars::get)
        chars.clear()
        while (chars.hasRemaining()) chars.put(' ')
        try {
            val begin = (0 until text.size - 1).firstOrNull { beginsSeed(text, it) } ?: 0
            val end = (begin until text.size).firstOrNull { text[it] <= ' ' } ?: text.size
            return text.copyOfRange(begin, end)
        } finally {
            text.fill(' ')
        }
    }

    private fun beginsSeed(text: CharArray, at: Int) = text[at] == 'S' && text[at + 1] == 'U' && (at == 0 || text[at - 1] <= ' ')
}
