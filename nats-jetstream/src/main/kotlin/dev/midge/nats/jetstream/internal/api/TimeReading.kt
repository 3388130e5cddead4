package dev.midge.nats.jetstream.internal.api

import java.time.DateTimeException
import java.time.Instant
import java.time.LocalDate

/** The moment that [text] is; `null` if it is none, and for the year 1, by which the server says that there is none. */
internal fun parseTime(text: String): Instant? = try {
    (utcOrNull(text) ?: Instant.parse(text)).takeUnless { it == NO_TIME }
} catch (_: DateTimeException) {
    null
}

/**
 * The moment as servers write it, `2026-01-31T12:34:56.123456789Z` with up to nine digits behind the point; `null` if it is written in another
 * way. Each message that is read has one, and a formatter takes longer for it than all the rest.
 */
private fun utcOrNull(text: String): Instant? {
    if (text.length < SHORTEST || MARKS.indices.any { text[MARKS[it]] != SHAPE[MARKS[it]] } || text.last() != 'Z') return null
    val year = number(text, 0, 4)
    val hour = number(text, 11, 13)
    val minute = number(text, 14, 16)
    val second = number(text, 17, 19)
    val nanos = nanos(text)
    if (year < 0 || hour !in 0..23 || minute !in 0..59 || second !in 0..59 || nanos < 0) return null
    val day = LocalDate.of(year, number(text, 5, 7), number(text, 8, 10)).toEpochDay()
    return Instant.ofEpochSecond(((day * 24 + hour) * 60 + minute) * 60 + second, nanos.toLong())
}

/** What stands between the point and the end; -1 if that is no fraction. */
private fun nanos(text: String): Int {
    val digits = text.length - SHORTEST - 1
    if (digits < 0) return 0
    if (text[SHORTEST - 1] != '.' || digits !in 1..NANO_DIGITS) return -1
    var nanos = number(text, SHORTEST, text.length - 1)
    repeat(NANO_DIGITS - digits) { nanos *= 10 }
    return nanos
}

/** The digits of [text] in that place; a negative number if others are among them. */
private fun number(text: String, from: Int, to: Int): Int {
    var number = 0
    for (i in from until to) {
        val digit = text[i] - '0'
        if (digit !in 0..9) return -1
        number = number * 10 + digit
    }
    return number
}

private val NO_TIME = Instant.parse("0001-01-01T00:00:00Z")
private const val SHAPE = "0000-00-00T00:00:00Z"
private const val SHORTEST = SHAPE.length
private const val NANO_DIGITS = 9

/** Where [SHAPE] has no digit, but for its end. */
private val MARKS = intArrayOf(4, 7, 10, 13, 16)
