package dev.midge.nats.jetstream.internal.consume

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeSorted
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.kotest.property.Arb
import io.kotest.property.arbitrary.long
import io.kotest.property.checkAll
import kotlin.random.Random

private val seam = RecordingSeam()

private fun entry(sequence: Long) = Entry(delivered(seam, sequence), sequence, 0)

class KeyedLinesSpec :
    FunSpec({
        test("a key has one handler at a time, and the next message when that has ended") {
            val lines = KeyedLines()
            val line = lines.offer("a", entry(1)).shouldNotBeNull()
            lines.offer("a", entry(2)).shouldBeNull()
            lines.next(line)?.sequence shouldBe 1
            lines.finish(line) shouldBe true
            lines.next(line)?.sequence shouldBe 2
            lines.finish(line) shouldBe false
            lines.isEmpty shouldBe true
        }

        test("later messages of a key wait for one that is delivered again, others do not") {
            val lines = KeyedLines()
            val line = lines.offer("a", entry(1)).shouldNotBeNull()
            lines.offer("a", entry(2))
            lines.next(line)
            lines.await(line, at = 10, until = 20)
            lines.finish(line) shouldBe false
            lines.offer("a", entry(3)).shouldBeNull()
            lines.offer("b", entry(4)).shouldNotBeNull()
            lines.overdue(9) shouldBe 0
            lines.overdue(10) shouldBe 1
            lines.offer("a", entry(1)) shouldBe line
            lines.next(line)?.sequence shouldBe 1
            lines.finish(line) shouldBe true
            lines.next(line)?.sequence shouldBe 2
        }

        test("what does not come again is waited for until its time is over") {
            val lines = KeyedLines()
            val line = lines.offer("a", entry(1)).shouldNotBeNull()
            lines.offer("a", entry(2))
            lines.next(line)
            lines.await(line, at = 10, until = 20)
            lines.finish(line)
            lines.expire(19) shouldContainExactly emptyList()
            lines.expire(20) shouldContainExactly listOf(line)
            lines.next(line)?.sequence shouldBe 2
        }

        test("what is being handled is not taken twice, unless its handler has given it back") {
            val lines = KeyedLines()
            val line = lines.offer("a", entry(1)).shouldNotBeNull()
            lines.holds("a", 1) shouldBe true
            val running = lines.next(line).shouldNotBeNull()
            lines.holds("a", 1) shouldBe true
            running.message.nak()
            lines.holds("a", 1) shouldBe false
            lines.offer("a", entry(1)).shouldBeNull()
            lines.await(line, 10, 20)
            lines.finish(line) shouldBe true
            lines.next(line)?.sequence shouldBe 1
        }

        test("in any order of failures and deliveries, each key's messages are handled in order, and all of them") {
            checkAll(Arb.long()) { seed ->
                val random = Random(seed)
                val lines = KeyedLines()
                val ready = ArrayDeque<KeyedLines.Line>()
                val running = ArrayList<KeyedLines.Line>()
                val server = ArrayDeque((1L..60L).toList())
                val handled = HashMap<Any, MutableList<Long>>()
                while (handled.values.sumOf { it.size } < 60) {
                    when (random.nextInt(3)) {
                        0 -> server.removeFirstOrNull()?.let { lines.offer(it % 4, entry(it)) }?.let(ready::add)

                        1 -> ready.removeFirstOrNull()?.let { line -> lines.next(line).shouldNotBeNull().also { running += line } }

                        else -> running.randomOrNull(random)?.let { line ->
                            running -= line
                            val sequence = checkNotNull(line.running).sequence
                            if (random.nextInt(3) == 0) {
                                lines.await(line, 0, Long.MAX_VALUE)
                                server.add(random.nextInt(server.size + 1), sequence)
                            } else {
                                handled.getOrPut(line.key) { ArrayList() } += sequence
                            }
                            if (lines.finish(line)) ready += line
                        }
                    }
                }
                handled.values.forEach { it.shouldBeSorted() }
                lines.isEmpty shouldBe true
                lines.scheduled shouldBe 0
            }
        }
    })
