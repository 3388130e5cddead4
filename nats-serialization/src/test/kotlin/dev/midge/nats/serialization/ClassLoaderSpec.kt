package dev.midge.nats.serialization

import com.fasterxml.jackson.annotation.JsonTypeInfo
import com.fasterxml.jackson.core.JsonGenerator
import com.fasterxml.jackson.databind.SerializerProvider
import com.fasterxml.jackson.databind.module.SimpleModule
import com.fasterxml.jackson.databind.ser.std.StdSerializer
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.shouldBe
import io.kotest.matchers.shouldNotBe
import kotlinx.io.Buffer
import kotlinx.io.readByteArray
import kotlinx.io.readString
import java.io.File
import java.net.URLClassLoader

@JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
interface Shape

data class Disc(val radius: Int) : Shape

class Secret(val text: String)

/** Writes every [Secret] as three stars. */
class SecretModule : SimpleModule() {
    override fun setupModule(context: SetupContext) {
        addSerializer(Secret::class.java, Stars())
        super.setupModule(context)
    }

    class Stars : StdSerializer<Secret>(Secret::class.java) {
        override fun serialize(value: Secret, generator: JsonGenerator, provider: SerializerProvider) = generator.writeString("***")
    }
}

/** A program of its own over the libraries of this one: has its own [Shape], [Disc] and [Secret], and a Jackson module that nobody else sees. */
private class Plugin(services: File) : URLClassLoader(arrayOf(services.toURI().toURL()), Plugin::class.java.classLoader) {
    private val own = listOf(Shape::class, Disc::class, Secret::class, SecretModule::class, SecretModule.Stars::class).map { it.java.name }

    override fun loadClass(name: String, resolve: Boolean): Class<*> {
        if (name !in own) return super.loadClass(name, resolve)
        return findLoadedClass(name) ?: parent.getResourceAsStream(name.replace('.', '/') + ".class")!!.use {
            val code = it.readBytes()
            defineClass(name, code, 0, code.size)
        }
    }
}

private fun <T> withLoader(loader: ClassLoader?, block: () -> T): T {
    val thread = Thread.currentThread()
    val before = thread.contextClassLoader
    thread.contextClassLoader = loader
    try {
        return block()
    } finally {
        thread.contextClassLoader = before
    }
}

class ClassLoaderSpec :
    FunSpec({
        val classPath = System.getProperty("java.class.path").split(File.pathSeparator).map { File(it).toURI().toURL() }.toTypedArray()
        val loaders = mapOf(
            "none" to null,
            "one that sees nothing" to URLClassLoader(emptyArray(), null),
            "one with copies of all libraries" to URLClassLoader(classPath, ClassLoader.getPlatformClassLoader()),
        )
        val formats = mapOf<String, () -> JacksonFormat>(
            "JSON" to JacksonFormat::json,
            "MessagePack" to JacksonFormat::messagePack,
            "CBOR" to JacksonFormat::cbor,
            "Smile" to JacksonFormat::smile,
        )
        for ((name, format) in formats) {
            for ((loaderName, loader) in loaders) {
                test("$name made by a thread whose class loader is $loaderName knows data classes") {
                    val codec = withLoader(loader) { CodecRegistry { this.format = format() }.codec<Person>() }
                    val payload = Buffer().also { codec.encode(Person(1, "a"), it) }
                    codec.decode(payload) shouldBe Person(1, "a")
                }
            }
        }

        /** A plugin whose module is on its own class path alone. */
        fun plugin(): Plugin {
            val directory = tempdir()
            File(directory, "META-INF/services").mkdirs()
            File(directory, "META-INF/services/com.fasterxml.jackson.databind.Module").writeText(SecretModule::class.java.name)
            return Plugin(directory)
        }

        test("a type is written with the Jackson modules that its own class loader sees, and others of that name without them") {
            val format = JacksonFormat.json()
            plugin().use { plugin ->
                val theirs = plugin.loadClass(Secret::class.java.name)
                val value = theirs.getConstructor(String::class.java).newInstance("x")

                @Suppress("UNCHECKED_CAST")
                val codec = format.codec(theirs) as PayloadCodec<Any?>
                Buffer().also { format.codec(Secret::class.java).encode(Secret("x"), it) }.readString() shouldBe """{"text":"x"}"""
                Buffer().also { codec.encode(value, it) }.readString() shouldBe "\"***\""
            }
        }

        test("the class that a payload names is that of the type's own class loader, whichever thread decodes") {
            val format = JacksonFormat.json()
            plugin().use { plugin ->
                @Suppress("UNCHECKED_CAST")
                val codec = format.codec(plugin.loadClass(Shape::class.java.name)) as PayloadCodec<Any?>
                val disc = plugin.loadClass(Disc::class.java.name)
                val payload = Buffer().also { codec.encode(disc.getConstructor(Int::class.java).newInstance(3), it) }.readByteArray()
                for (loader in loaders.values + ClassLoader.getSystemClassLoader()) {
                    withLoader(loader) { codec.decode(Buffer().apply { write(payload) }) }!!.javaClass shouldBe disc
                }
            }
        }

        test("JSON by Jackson needs none of the libraries of other formats") {
            val without = classPath.filterNot { url -> listOf("-cbor", "-smile", "msgpack").any { it in url.path } }.toTypedArray()
            URLClassLoader(without, ClassLoader.getPlatformClassLoader()).use { loader ->
                val format = loader.loadClass(JacksonFormat::class.java.name)
                val json = format.getMethod("json").invoke(null)
                format.getMethod("codec", Class::class.java).invoke(json, loader.loadClass(Trade::class.java.name)) shouldNotBe null
            }
        }
    })
