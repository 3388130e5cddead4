package dev.midge.nats.services

import dev.midge.nats.testing.fixtures.ApiDump
import io.kotest.core.spec.style.FunSpec
import kotlin.io.path.Path

class ApiDumpSpec :
    FunSpec({
        test("the public API is the one that is committed") {
            ApiDump(Path("target/classes"), Path("api/nats-services.api")).check()
        }
    })
