package dev.midge.nats.testing

import dev.midge.nats.testing.fixtures.ApiDump
import dev.midge.nats.testing.fixtures.difference
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldNotContain
import java.nio.file.Path
import kotlin.io.path.Path
import kotlin.io.path.writeText

class ApiDumpSpec :
    FunSpec({
        test("the public API is the one that is committed") {
            ApiDump(CLASSES, Path("api/nats-testing.api")).check()
        }

        test("internal packages are no public API") {
            ApiDump(CLASSES, Path("unused")).current() shouldNotContain "dev/midge/nats/testing/internal/"
        }

        test("a difference shows the lines and how to accept them") {
            val dump = tempdir().toPath().resolve("some.api").apply { writeText("public final class Gone {\n}\n") }
            val message = shouldThrow<AssertionError> { ApiDump(CLASSES, dump).check(update = false) }.message
            message shouldContain "- public final class Gone {"
            message shouldContain "+ public final class dev/midge/nats/testing/EmbeddedNatsServer "
            message shouldContain "-Dapi.dump=true"
        }

        test("a difference keeps what is common out") {
            difference(listOf("a", "b", "c"), listOf("a", "x", "c", "d")) shouldBe listOf("- b", "+ x", "+ d")
        }
    }) {
    private companion object {
        val CLASSES: Path = Path("target/classes")
    }
}
