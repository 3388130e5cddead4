package dev.midge.nats.jetstream.chaos

import kotlin.time.Duration
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

/** Whether the long runs are wanted (profile `chaos`): they reach the figures of the promises, `verify` runs shorter versions. */
internal val chaos: Boolean = System.getProperty("midge.chaos") == "true"

/** How long servers are killed and shut down. */
internal val faultTime: Duration = if (chaos) 5.minutes else 10.seconds

/** Both kinds of faults at least. */
internal const val FEWEST_FAULTS: Int = 2

/** The promise: how long anything may stand still once there is a leader again. */
internal val longestStall: Duration = 10.seconds

/** For acknowledgements; short, so that what is lost comes again while the test runs. */
internal val ackWait: Duration = 5.seconds

/** Prints a figure that was reached, for the table of promises. */
internal fun figure(text: String) {
    println("figure: $text")
}
