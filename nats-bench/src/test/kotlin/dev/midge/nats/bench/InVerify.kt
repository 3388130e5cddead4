package dev.midge.nats.bench

/** Of [all] the scenarios of a command: [some] in `verify`, since each is several processes; all of them with the profile `chaos`. */
internal fun <S> inVerify(all: Collection<S>, vararg some: S): Collection<S> =
    if (System.getProperty("midge.chaos") == "true") all else some.asList()
