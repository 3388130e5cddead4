package dev.midge.nats.shards

import dev.midge.nats.InvalidSubjectException
import dev.midge.nats.ShardGroup
import dev.midge.nats.ShardMapping
import dev.midge.nats.Subject
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.comparables.shouldBeBetween
import io.kotest.matchers.longs.shouldBeLessThan
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.property.Arb
import io.kotest.property.arbitrary.Codepoint
import io.kotest.property.arbitrary.alphanumeric
import io.kotest.property.arbitrary.list
import io.kotest.property.arbitrary.set
import io.kotest.property.arbitrary.string
import io.kotest.property.checkAll
import java.lang.management.ManagementFactory

/** Computed by a program of a few lines in another language, from the words of `ShardMapping`. Never to be changed. */
private val vectors = mapOf(
    "a" to "north",
    "foo" to "north",
    "orders.created" to "west",
    "orders.eu.created" to "east",
    "größe.日本" to "west",
    "_INBOX.x.1" to "west",
    "people.joe" to "west",
    "\$SYS.x" to "west",
)

private val names = Arb.set(Arb.string(1..12, Codepoint.alphanumeric()), 2..8)
private val subjects = Arb.list(Arb.string(1..20, Codepoint.alphanumeric()), 50..50)

class ShardMappingSpec :
    FunSpec({
        test("subjects belong to the groups of the fixed vectors") {
            val mapping = ShardMapping(listOf("east", "west", "north"))
            for ((subject, group) in vectors) mapping.groupOf(subject) shouldBe group
        }

        test("the vectors hold for URLs as names") {
            val urls = listOf("a", "b", "c").map { ShardGroup("nats://$it.example.com").name }
            urls[0] shouldBe "nats://a.example.com:4222"
            val mapping = ShardMapping(urls)
            mapping.groupOf("a") shouldBe urls[2]
            mapping.groupOf("foo") shouldBe urls[2]
            mapping.groupOf("orders.created") shouldBe urls[1]
        }

        test("the order of the groups does not matter") {
            checkAll(100, names, subjects) { groups, subjects ->
                val mapping = ShardMapping(groups.toList())
                val shuffled = ShardMapping(groups.shuffled())
                subjects.forEach { mapping.groupOf(it) shouldBe shuffled.groupOf(it) }
            }
        }

        test("when a group leaves, only its own subjects move") {
            checkAll(200, names, subjects) { groups, subjects ->
                val all = ShardMapping(groups.toList())
                val leaving = groups.random()
                val rest = ShardMapping(groups.toList() - leaving)
                for (subject in subjects) if (all.groupOf(subject) != leaving) rest.groupOf(subject) shouldBe all.groupOf(subject)
            }
        }

        test("when a group comes, subjects move to it and to no other") {
            checkAll(200, names, subjects) { groups, subjects ->
                val before = ShardMapping(groups.toList())
                val coming = "the new one"
                val after = ShardMapping(groups.toList() + coming)
                for (subject in subjects) {
                    val now = after.groupOf(subject)
                    if (now != coming) now shouldBe before.groupOf(subject)
                }
            }
        }

        test("groups get equal shares, of subjects and names that differ in a digit") {
            val groups = List(10) { "shard-$it" }
            val mapping = ShardMapping(groups)
            val shares = (0 until 100_000).groupingBy { mapping.groupOf("orders.$it.created") }.eachCount()
            // 10,000 each, with a deviation of 95.
            groups.forEach { shares.getValue(it).shouldBeBetween(9_500, 10_500) }
        }

        test("a tenth of the subjects moves when a tenth group comes, taken evenly from all others") {
            val groups = List(9) { "shard-$it" }
            val before = ShardMapping(groups)
            val after = ShardMapping(groups + "shard-9")
            val moved = (0 until 90_000).map { "orders.$it" }.filter { after.groupOf(it) != before.groupOf(it) }
            moved.size.shouldBeBetween(8_500, 9_500)
            val taken = moved.groupingBy { before.groupOf(it) }.eachCount()
            groups.forEach { taken.getValue(it).shouldBeBetween(850, 1_150) }
        }

        test("a wildcard belongs to no group") {
            val mapping = ShardMapping(listOf("east", "west"))
            shouldThrow<InvalidSubjectException> { mapping.groupOf("orders.*") }
            shouldThrow<InvalidSubjectException> { mapping.groupOf("orders.>") }
        }

        test("two groups of one name are refused, and no group at all") {
            shouldThrow<IllegalArgumentException> { ShardMapping(listOf("east", "west", "east")) }.message shouldContain "'east' and 'east'"
            shouldThrow<IllegalArgumentException> { ShardMapping(emptyList()) }
        }

        test("the default name of a group shows no credentials and does not depend on them") {
            val group = ShardGroup("nats://joe:secret@a.example.com,tls://b.example.com:4443")
            group.name shouldBe "nats://a.example.com:4222,tls://b.example.com:4443"
            group.toString() shouldBe "ShardGroup(nats://a.example.com:4222,tls://b.example.com:4443)"
            ShardGroup("nats://joe:other@a.example.com,tls://b.example.com:4443").name shouldBe group.name
        }

        test("finding the group of a Subject allocates nothing") {
            val mapping = ShardMapping(listOf("east", "west", "north"))
            val known = List(64) { Subject("orders.$it") }
            fun look(times: Int): Int {
                var letters = 0
                repeat(times) { letters += mapping.groupOf(known[it and 63]).length }
                return letters
            }
            look(20_000)
            val threads = ManagementFactory.getThreadMXBean() as com.sun.management.ThreadMXBean
            val before = threads.currentThreadAllocatedBytes
            look(1_000_000)
            // The measurement itself may allocate; a single object a call would be 16 MB.
            (threads.currentThreadAllocatedBytes - before) shouldBeLessThan 100_000
        }
    })
