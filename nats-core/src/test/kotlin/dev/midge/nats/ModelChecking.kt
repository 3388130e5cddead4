package dev.midge.nats

import io.kotest.core.spec.style.FunSpec
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions
import org.jetbrains.lincheck.datastructures.forClasses
import kotlin.reflect.KClass
import kotlin.time.Duration.Companion.minutes

/** Whether the long tests run at their full figures: `-Pchaos`. */
val chaos: Boolean = System.getProperty("midge.chaos").toBoolean()

/**
 * Lets Lincheck make up scenarios from the operations of a class and look through their interleavings for one whose results no order of
 * the operations explains. Some seconds in every build, minutes with `-Pchaos`. The race that matters most is a custom scenario, so that it
 * is looked at every time. The limit of time finds hangs alone: the work is always the same, and takes as long as the machine needs for it.
 */
fun FunSpec.modelCheck(name: String, operations: KClass<*>, configure: ModelCheckingOptions.() -> Unit = {}) {
    test(name).config(timeout = if (chaos) 30.minutes else 4.minutes) {
        ModelCheckingOptions()
            .iterations(if (chaos) 300 else 3)
            .invocationsPerIteration(if (chaos) 5_000 else 200)
            .threads(2)
            // Most of what is checked here ends once: operations before the race would leave nothing to race for.
            .actorsBefore(0)
            .actorsPerThread(3)
            .actorsAfter(0)
            .apply(configure)
            .check(operations)
    }
}

/** Does not look into the library's `CompletableDeferred`, which would take minutes. */
fun ModelCheckingOptions.deferredIsAtomic() {
    addGuarantee(forClasses("kotlinx.coroutines.JobSupport", "kotlinx.coroutines.CompletableDeferredImpl").allMethods().treatAsAtomic())
}
