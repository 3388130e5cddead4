package dev.midge.nats.testing.internal.binary

import dev.midge.nats.testing.NatsServerNotFoundException
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import java.nio.file.Path
import java.util.concurrent.Callable
import java.util.concurrent.Executors
import java.util.concurrent.atomic.AtomicInteger
import kotlin.io.path.createDirectories
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.name
import kotlin.io.path.writeText

class BinaryLocatorSpec :
    FunSpec({
        fun newDirectory(): Path = tempdir().toPath()

        test("NATS_SERVER comes before PATH, PATH before the cache") {
            val (configured, path, cache) = List(3) { newDirectory() }
            val byVariable = fakeServer(configured, "1.0.0")
            val onPath = fakeServer(path, "2.0.0")
            val cached = fakeServer(cache.resolve("2.10.27"), "2.10.27")

            fun find(vararg environment: Pair<String, String>): Path = locator(mapOf(*environment), cache).find().path
            find("NATS_SERVER" to "$byVariable", "PATH" to "$path") shouldBe byVariable
            find("PATH" to "/nowhere:$path") shouldBe onPath
            find() shouldBe cached
        }

        test("a version that was asked for is not replaced by another") {
            val (path, cache) = List(2) { newDirectory() }
            fakeServer(path, "2.0.0")
            val cached = fakeServer(cache.resolve("2.9.10"), "2.9.10")
            locator(mapOf("PATH" to "$path"), cache).version("2.9.10").path shouldBe cached
        }

        test("a NATS_SERVER that does not run is an error and not overlooked") {
            val failure = shouldThrow<NatsServerNotFoundException> { locator(mapOf("NATS_SERVER" to "/nowhere"), newDirectory()).find() }
            failure.message shouldContain "NATS_SERVER is '/nowhere'"
        }

        test("what is fetched is fetched once, by however many at a time") {
            val cache = newDirectory()
            val fetches = AtomicInteger()
            val locator =
                locator(emptyMap(), cache) { version, work ->
                    fetches.incrementAndGet()
                    fakeServer(work, version)
                }
            val threads = Executors.newFixedThreadPool(8)
            val paths = threads.invokeAll(List(8) { Callable { locator.version("3.1.4").path } }).map { it.get() }
            threads.shutdown()
            paths.distinct() shouldContainExactly listOf(cache.resolve("3.1.4").resolve("nats-server"))
            fetches.get() shouldBe 1
        }

        test("a fetch that fails leaves nothing in the cache") {
            val cache = newDirectory()
            val locator =
                locator(emptyMap(), cache) { _, work ->
                    work.resolve("half").writeText("half")
                    throw NatsServerNotFoundException("not today")
                }
            shouldThrow<NatsServerNotFoundException> { locator.find() }.message shouldBe "not today"
            cache.listDirectoryEntries().filter { it.name != ".lock" }.shouldBeEmpty()
        }

        test("the newest of the cache is taken, by number and not by letter") {
            val cache = newDirectory()
            listOf("2.9.10", "2.11.0", "2.10.99").forEach { fakeServer(cache.resolve(it), it) }
            locator(emptyMap(), cache).find().version shouldBe "2.11.0"
        }

        test("a version that Debian does not ship is refused in one sentence") {
            val failure = shouldThrow<NatsServerNotFoundException> { DebianFetcher().fetch("1.2.3", newDirectory()) }
            failure.message shouldContain "Debian ships 2.9.10, 2.10.27, 2.15.1"
            failure.message shouldContain "set NATS_SERVER"
        }

        test("a version that is none is refused") {
            shouldThrow<IllegalArgumentException> { locator(emptyMap(), newDirectory()).version("../2.10") }
        }
    })

private fun locator(
    environment: Map<String, String>,
    cache: Path,
    fetch: (String, Path) -> Path = { version, _ -> error("$version should not be fetched") },
) = BinaryLocator(environment, BinaryCache(cache), fetch)

private fun fakeServer(directory: Path, version: String): Path {
    val file = directory.createDirectories().resolve("nats-server")
    file.writeText("#!/bin/sh\necho nats-server: v$version\n")
    file.toFile().setExecutable(true)
    return file
}
