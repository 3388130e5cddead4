package io.kotest.provided

import io.kotest.core.config.AbstractProjectConfig
import kotlin.time.Duration.Companion.seconds

/** Found by Kotest under this very name. A test that hangs fails; none waits longer than this on purpose. */
class ProjectConfig : AbstractProjectConfig() {
    override val timeout = 60.seconds
}
