package dev.midge.nats.promises

import kotlin.time.Duration
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

/** Whether the long runs are wanted (profile `chaos`): they reach the figures of the promises, `verify` runs shorter versions. */
val chaos: Boolean = System.getProperty("midge.chaos") == "true"

/** How often a promise is put to the test. */
fun rounds(verify: Int, chaos: Int): Int = if (dev.midge.nats.promises.chaos) chaos else verify

/** For tests whose long run takes longer than others may. */
val longRun: Duration = if (chaos) 10.minutes else 60.seconds

/** Prints a figure that was reached, for the table of promises. */
fun figure(text: String) {
    println("figure: $text")
}
