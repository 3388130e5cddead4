package dev.midge.nats.websocket

import dev.midge.nats.testing.fixtures.ApiDump
import io.kotest.core.spec.style.FunSpec
import kotlin.io.path.Path

class ApiDumpSpec :
    FunSpec({
        test("the public API is the one that is committed: none, being on the class path is enough") {
            ApiDump(Path("target/classes"), Path("api/nats-websocket.api")).check()
        }
    })
