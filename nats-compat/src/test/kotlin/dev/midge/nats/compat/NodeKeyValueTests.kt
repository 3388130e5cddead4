package dev.midge.nats.compat

import dev.midge.nats.kv.KeyValue
import dev.midge.nats.kv.KeyValueEvent
import dev.midge.nats.kv.createKeyValue
import dev.midge.nats.kv.keyValue
import dev.midge.nats.kv.updateKeyValue
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.seconds

private fun KeyValueEvent<String>.shown(): String = when (this) {
    is KeyValueEvent.Put -> "PUT $key=$value"
    is KeyValueEvent.Deleted -> "DEL $key"
    is KeyValueEvent.Purged -> "PURGE $key"
    else -> toString()
}

private suspend fun KeyValue<String>.shown(key: String): String? = get(key)?.let { "PUT ${it.key}=${it.value} @${it.revision}" }

/** Each way to write, by us. */
private suspend fun KeyValue<String>.writeAll() {
    put("a", "1") shouldBe 1
    create("b", "2") shouldBe 2
    update("a", "3", 1) shouldBe 3
    delete("b") shouldBe 4
    put("c", "4")
    put("c", "5")
    purge("c") shouldBe 7
    create("b", "6") shouldBe 8
}

/** The same by them. */
private fun NodeScope.writeAll(bucket: String) {
    fun call(call: String, args: String) = peer.call("kv", """"bucket":"$bucket","call":"$call","args":[$args]""").toString()
    call("put", """"a","1"""") shouldBe "1"
    call("create", """"b","2"""") shouldBe "2"
    call("update", """"a","3",1""") shouldBe "3"
    call("delete", """"b"""")
    call("put", """"c","4"""")
    call("put", """"c","5"""")
    call("purge", """"c"""")
    call("create", """"b","6"""") shouldBe "8"
}

internal suspend fun NodeScope.ourBucket() {
    val ours = js.createKeyValue<String>("OURS") { history = 5 }
    peer.call("kv watch", """"bucket":"OURS"""")
    ours.writeAll()
    peer.texts("told", """"count":8""") shouldContainExactly
        listOf("PUT a=1", "PUT b=2", "PUT a=3", "DEL b", "PUT c=4", "PUT c=5", "PURGE c", "PUT b=6")
    peer.text("kv get", """"bucket":"OURS","key":"a"""") shouldBe "PUT a=3 @3"
    peer.text("kv get", """"bucket":"OURS","key":"a","options":{"revision":1}""") shouldBe "PUT a=1 @1"
    peer.text("kv get", """"bucket":"OURS","key":"c"""") shouldBe "PURGE c @7"
    peer.texts("kv keys", """"bucket":"OURS"""") shouldContainExactlyInAnyOrder listOf("a", "b")
    peer.texts("kv history", """"bucket":"OURS","key":"b"""") shouldContainExactly listOf("PUT b=2", "DEL b", "PUT b=6")
    peer.texts("kv history", """"bucket":"OURS","key":"c"""") shouldContainExactly listOf("PURGE c")
    peer.call("kv", """"bucket":"OURS","call":"put","args":["a","theirs"]""")
    ours.shown("a") shouldBe "PUT a=theirs @9"
}

internal suspend fun NodeScope.theirBucket() {
    peer.call("kv create", """"bucket":"THEIRS","options":{"history":5}""")
    val ours = js.keyValue<String>("THEIRS")
    ours.status().config.history shouldBe 5
    writeAll("THEIRS")
    ours.shown("a") shouldBe "PUT a=3 @3"
    ours.get("a", revision = 1)?.value shouldBe "1"
    ours.shown("c") shouldBe null
    ours.keys().toList() shouldContainExactlyInAnyOrder listOf("a", "b")
    ours.history("b").map { it.shown() }.toList() shouldContainExactly listOf("PUT b=2", "DEL b", "PUT b=6")
    ours.history("c").map { it.shown() }.toList() shouldContainExactly listOf("PURGE c")
    ours.watch().map { it.shown() }.take(4).toList() shouldContainExactly listOf("PUT a=3", "PURGE c", "PUT b=6", "CaughtUp")
    js.updateKeyValue("THEIRS") { history = 7 }.config.history shouldBe 7
    ours.compareAndSet("a") { "$it+" }
    peer.text("kv get", """"bucket":"THEIRS","key":"a"""") shouldBe "PUT a=3+ @9"
}

internal suspend fun NodeScope.expiry() {
    val ours = js.createKeyValue<String>("EXPIRY") { limitMarkerTtl = 1.hours }
    peer.call("kv watch", """"bucket":"EXPIRY"""")
    ours.create("ours", "1", 1.seconds)
    peer.texts("told", """"count":2""") shouldContainExactly listOf("PUT ours=1", "PURGE ours")
    peer.call("kv", """"bucket":"EXPIRY","call":"create","args":["theirs","2","1s"]""")
    val purged = ours.watch("theirs").first { it is KeyValueEvent.Purged } as KeyValueEvent.Purged
    purged.isExpired shouldBe true
    peer.call("kv create", """"bucket":"MARKED","options":{"markerTTL":60000}""")
    js.keyValue("MARKED").status().config.limitMarkerTtl shouldBe 60.seconds
}
