package dev.midge.nats.internal.connection

import com.code_intelligence.jazzer.junit.FuzzTest
import dev.midge.nats.ProtocolException

/** Any argument of INFO ends in what it says, within the bounds, or in a [ProtocolException]. */
class ServerInfoFuzzTest {
    @FuzzTest
    fun json(input: ByteArray) {
        val info = try {
            ServerInfoCodec.decode(input.decodeToString())
        } catch (expected: ProtocolException) {
            return
        }
        check(info.connectUrls.size <= ServerInfoCodec.MAX_CONNECT_URLS) { "${info.connectUrls.size} connect_urls" }
        val texts = info.connectUrls + with(info) { listOf(serverId, serverName, version, host, clientIp, cluster, nonce) }
        check(texts.all { it.length <= ServerInfoCodec.MAX_TEXT }) { "a text of ${texts.maxOf { it.length }} characters" }
        check(info.port in 0..65_535 && info.protocol >= 0 && info.maxPayload >= 0 && info.clientId >= 0) { "$info" }
    }
}
