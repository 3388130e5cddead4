package dev.midge.nats.serialization

import io.kotest.property.Arb
import io.kotest.property.arbitrary.arbitrary
import io.kotest.property.arbitrary.boolean
import io.kotest.property.arbitrary.int
import io.kotest.property.arbitrary.list
import io.kotest.property.arbitrary.long
import io.kotest.property.arbitrary.orNull
import io.kotest.property.arbitrary.string
import kotlinx.io.Sink
import kotlinx.io.Source
import kotlinx.serialization.Serializable

@Serializable
data class Person(val age: Int, val name: String)

@Serializable
data class Team(val lead: Person, val members: List<Person>, val motto: String? = null, val points: Long = 0, val active: Boolean = true)

@Serializable
data class Page<T>(val items: List<T>, val next: Int)

/** Not serializable for kotlinx-serialization. */
class Opaque(val text: String)

data class Point(val x: Int, val y: Int)

/** A codec of a user's own. */
object PointCodec : PayloadCodec<Point> {
    override val contentType = "application/x-point"

    override fun encode(value: Point, sink: Sink) {
        sink.writeInt(value.x)
        sink.writeInt(value.y)
    }

    override fun decode(source: Source) = Point(source.readInt(), source.readInt())
}

val people: Arb<Person> = arbitrary { Person(Arb.int().bind(), Arb.string(0..40).bind()) }

val teams: Arb<Team> = arbitrary {
    Team(people.bind(), Arb.list(people, 0..5).bind(), Arb.string(0..20).orNull().bind(), Arb.long().bind(), Arb.boolean().bind())
}

val trades: Arb<Trade> = arbitrary {
    // Not a number is equal to nothing, also when it came through.
    Trade(Arb.long().bind(), Arb.string(0..8).bind(), Arb.int().bind() / 8.0, Arb.list(Arb.string(0..5), 0..3).bind())
}

val accounts: Arb<Account> = arbitrary {
    Account().apply {
        owner = Arb.string(0..20).bind()
        balance = Arb.long().bind()
    }
}
