package dev.midge.nats.bench.alone

import dev.midge.nats.bench.client.BenchClient
import dev.midge.nats.bench.client.BenchClients
import dev.midge.nats.bench.typed.TypedClients

/**
 * One client as it is compared with others.
 *
 * @property client the client's name.
 * @property jdk what runs it; `null` for a program that needs none.
 * @property build another build of Midge.
 */
data class Contestant(val client: String, val jdk: Jdk? = null, val build: Build? = null) {
    /** `midge`, or `midge+before` for a build of that name. */
    val name: String
        get() = if (build == null) client else "$client+${build.name}"

    companion object {
        /** The client that is no Java program. */
        const val C = "c"
    }
}

/** The client of that name, among those that send bytes and those that send objects. */
internal fun aloneClient(name: String): BenchClient =
    if (name in TYPED) TypedClients.all.first { it.name == name } else BenchClients.named(name)

/** Classes that are used before those in this program's own jar. */
data class Build(val name: String, val classPath: String)
