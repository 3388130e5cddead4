package dev.midge.nats.internal.auth

import dev.midge.nats.AuthenticationException
import dev.midge.nats.AuthenticationException.Reason
import java.io.IOException
import java.nio.ByteBuffer
import java.nio.file.Files
import java.nio.file.Path

/** Reads credentials files. */
internal object CredentialsReader {
    /**
     * What [file] holds. Blocks its thread.
     *
     * @throws AuthenticationException if it cannot be read or is no credentials file.
     */
    fun read(file: Path): ParsedCredentials {
        val content = try {
            content(file)
        } catch (e: IOException) {
            unreadable(file, e)
        } catch (e: SecurityException) {
            unreadable(file, e)
        }
        try {
            return CredentialsParser.parse(content)
        } catch (e: AuthenticationException) {
            throw AuthenticationException("$file: ${e.message}", reason = Reason.UNAVAILABLE)
        } finally {
            content.fill(0)
        }
    }

    /** One byte more than is allowed tells that there is too much. */
    private fun content(file: Path): ByteArray {
        // Direct: the JDK would read a heap buffer by way of a direct one that it keeps, secrets and all.
        val buffer = ByteBuffer.allocateDirect(CredentialsParser.MAX_BYTES + 1)
        try {
            Files.newByteChannel(file).use { channel ->
                var read = 0
                while (read >= 0 && buffer.hasRemaining()) read = channel.read(buffer)
            }
            return ByteArray(buffer.flip().remaining()).also(buffer::get)
        } finally {
            buffer.clear()
            while (buffer.hasRemaining()) buffer.put(0)
        }
    }

    private fun unreadable(file: Path, cause: Exception): Nothing = throw AuthenticationException(
        "the credentials file $file cannot be read (${cause::class.simpleName}); it has to exist and be readable at every attempt to connect",
        cause,
        Reason.UNAVAILABLE,
    )
}
