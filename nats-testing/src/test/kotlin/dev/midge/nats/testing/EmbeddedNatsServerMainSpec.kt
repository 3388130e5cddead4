package dev.midge.nats.testing

import dev.midge.nats.testing.fixtures.java
import dev.midge.nats.testing.fixtures.program
import io.kotest.core.spec.style.FunSpec

class EmbeddedNatsServerMainSpec :
    FunSpec({
        programBehaviour { java(program(EmbeddedNatsServerMain::class.java) + it) }
    })
