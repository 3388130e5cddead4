package dev.midge.nats.bench.alone

/** What each process that measures one client is told. */
internal fun processArguments(
    contestant: Contestant,
    scenario: String,
    size: Int,
    server: String,
    serverPid: Long,
    plan: WorkerPlan,
): List<String> = buildList {
    option("client", contestant.client)
    option("scenario", scenario)
    option("size", size)
    option("server", server)
    option("server-pid", serverPid)
    option("warm-up", plan.warmUp.inWholeMilliseconds / MILLIS)
    option("seconds", plan.seconds.inWholeMilliseconds / MILLIS)
    option("windows", plan.windows)
    if (plan.systemCalls) add("--system-calls")
}

internal fun MutableList<String>.option(name: String, value: Any) {
    add("--$name")
    add("$value")
}

private const val MILLIS = 1_000.0
