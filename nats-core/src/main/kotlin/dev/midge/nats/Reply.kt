package dev.midge.nats

import kotlinx.io.Buffer
import kotlinx.io.Source

/**
 * The answer to a request, with headers: what a [NatsRequester.respondWith] handler returns.
 *
 * @property payload the bytes, read to the end when the answer is sent.
 * @property headers the headers.
 */
public class Reply @JvmOverloads constructor(
    @get:JvmSynthetic public val payload: Source,
    @get:JvmName("headers") public val headers: Headers = Headers.Empty,
) {
    /** An answer of the bytes of [payload], which is copied. */
    @JvmOverloads
    public constructor(payload: ByteArray, headers: Headers = Headers.Empty) : this(Buffer().apply { write(payload) }, headers)
}
