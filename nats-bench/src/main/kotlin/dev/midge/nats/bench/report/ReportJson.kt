package dev.midge.nats.bench.report

import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonObjectBuilder
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.put
import kotlinx.serialization.json.putJsonArray
import kotlinx.serialization.json.putJsonObject
import java.math.BigDecimal
import java.math.RoundingMode

private val format = Json { prettyPrint = true }

/** What `compare --json` writes. Readers outside this repository rely on these names. */
fun Report.toJson(): String = format.encodeToString(
    JsonElement.serializer(),
    buildJsonObject {
        putJsonArray("results") { results.forEach { add(it.toJson()) } }
        putJsonObject("machine") { machine(machine) }
        putJsonObject("versions") { versions.forEach { (name, version) -> put(name, version) } }
    },
)

private fun Result.toJson(): JsonObject = buildJsonObject {
    put("scenario", scenario)
    put("size", size)
    put("client", client)
    put("median", decimal(median))
    put("min", decimal(min))
    put("max", decimal(max))
    put("unit", unit)
    p99?.let { put("p99", decimal(it)) }
    speedToMidge?.let { put("speedToMidge", decimal(it)) }
    put("messages", messages)
    putJsonArray("rounds") { rounds.forEach { add(decimal(it)) } }
    put("failures", failures)
    put("cpuNanos", decimal(cpuNanos))
}

private fun JsonObjectBuilder.machine(machine: Machine) {
    put("cpu", machine.cpu)
    put("cores", machine.cores)
    put("os", machine.os)
    put("jvm", machine.jvm)
    put("heapMiB", machine.heapMiB)
}

/** `6512345.12`, where a `Double` would print itself as `6.51234512E6`, which not every reader of a table takes for a number. */
private fun decimal(value: Double): JsonPrimitive = JsonPrimitive(BigDecimal(value).setScale(2, RoundingMode.HALF_UP))
