package dev.midge.nats.jetstream.consumers

import dev.midge.nats.jetstream.ConsumerInfo
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.jsonObject
import kotlin.time.Duration.Companion.nanoseconds

private fun read(json: String) = ConsumerInfo(Json.parseToJsonElement(json).jsonObject)

class ConsumerInfoSpec :
    FunSpec({
        test("it says who leads the consumer and who follows") {
            val info = read(
                """{"stream_name":"S","name":"c","cluster":{"name":"C1","raft_group":"C-R3F","leader":"n2","replicas":[
                |{"name":"n1","current":true,"active":12345678},{"name":"n3","current":false,"offline":true,"active":9,"lag":7}]}}
                """.trimMargin(),
            )
            val cluster = checkNotNull(info.cluster)
            cluster.name shouldBe "C1"
            cluster.leader shouldBe "n2"
            cluster.replicas.map { it.name } shouldContainExactly listOf("n1", "n3")
            cluster.replicas[0].active shouldBe 12_345_678.nanoseconds
            cluster.replicas.map { it.current to it.offline } shouldContainExactly listOf(true to false, false to true)
            cluster.replicas[1].lag shouldBe 7
        }

        test("it has no cluster where the server says nothing of one") {
            read("""{"stream_name":"S","name":"c"}""").cluster shouldBe null
            read("""{"stream_name":"S","name":"c","cluster":{}}""").cluster?.leader shouldBe null
        }
    })
