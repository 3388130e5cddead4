package dev.midge.nats.internal.context

import dev.midge.nats.ContextException
import dev.midge.nats.NatsContext
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import java.io.IOException
import java.nio.file.Files
import java.nio.file.NoSuchFileException
import java.nio.file.Path
import kotlin.io.path.isDirectory
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.nameWithoutExtension
import kotlin.io.path.readText

/** The contexts below [root], the directory `nats` of a user's configuration (ADR-21). */
internal class ContextFolder(private val root: Path, private val home: Path) {
    private val contexts = root.resolve("context")

    fun names(): List<String> =
        if (contexts.isDirectory()) contexts.listDirectoryEntries("*.json").map { it.nameWithoutExtension }.sorted() else emptyList()

    /** @throws ContextException if there is none with [name], or none is selected. */
    fun load(name: String?): NatsContext {
        val known = name ?: selected()
        if (known.isEmpty() || known.any { it in "/\\" || it < ' ' } || ".." in known) {
            throw ContextException("'$known' is not the name of a context: names have no path and no '..'")
        }
        val file = contexts.resolve("$known.json")
        val text = read(file) ?: throw ContextException("there is no context '$known': no file $file; there are: ${names()}")
        return NatsContext(known, file, ContextFile(parse(file, text), home))
    }

    private fun selected(): String {
        val file = root.resolve("context.txt")
        return read(file)?.trim()?.takeIf { it.isNotEmpty() }
            ?: throw ContextException("no context is selected: $file names none; name one, or run 'nats context select'")
    }

    private fun read(file: Path): String? = try {
        if (Files.size(file) > MAX_BYTES) throw ContextException("$file has more than $MAX_BYTES bytes; it is no context")
        file.readText()
    } catch (_: NoSuchFileException) {
        null
    } catch (e: IOException) {
        throw ContextException("$file cannot be read (${e::class.simpleName})", e)
    }

    private fun parse(file: Path, text: String): JsonObject {
        // What the parser says may quote the file, and so a password: it is no cause.
        val json = try {
            Json.parseToJsonElement(text)
        } catch (_: SerializationException) {
            throw ContextException("$file is not JSON")
        }
        return json as? JsonObject ?: throw ContextException("$file is not a JSON object")
    }

    companion object {
        /** Some dozen fields, of which a user JWT is by far the longest. */
        private const val MAX_BYTES = 256 * 1024L

        fun ofUser(): ContextFolder {
            val home = Path.of(System.getProperty("user.home"))
            val config = System.getenv("XDG_CONFIG_HOME")?.takeIf { it.isNotEmpty() }?.let(Path::of) ?: home.resolve(".config")
            return ContextFolder(config.resolve("nats"), home)
        }
    }
}
