package dev.midge.nats.websocket

import java.security.SecureRandom

/** Keys have to be unpredictable: whoever could foretell a mask could have a client write chosen bytes to caches on the way. RFC 6455, 10.3. */
internal val Randomness = SecureRandom()
