package dev.midge.nats.objectstore.internal

import dev.midge.nats.NotConnectedException
import dev.midge.nats.objectstore.ObjectInfo
import dev.midge.nats.objectstore.internal.MetaAttempt.End
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import java.time.Instant

private fun meta(nuid: String, description: String = ""): JsonObject =
    JsonObject(mapOf("name" to JsonPrimitive("a"), "nuid" to JsonPrimitive(nuid), "description" to JsonPrimitive(description)))

private fun JsonObject.at(sequence: Long): ObjectInfo = ObjectJson.info(this, sequence, Instant.EPOCH)

/** An attempt that nobody has answered. */
private fun doubtful(found: ObjectInfo?, json: JsonObject) = MetaAttempt(found, json).also { it.doubt = NotConnectedException("gone") }

class MetaAttemptSpec :
    FunSpec({
        val old = meta("old").at(3)

        test("what is there as it was written was stored, whoever has said so") {
            MetaAttempt(old, meta("new")).end(meta("new").at(4)) shouldBe End.STORED
            doubtful(old, meta("new")).end(meta("new").at(4)) shouldBe End.STORED
            doubtful(old, meta("old", "changed")).end(meta("old", "changed").at(4)) shouldBe End.STORED
        }

        test("an object whose metadata was changed or deleted by somebody else meanwhile was stored") {
            doubtful(old, meta("new")).end(meta("new", "theirs").at(5)) shouldBe End.STORED
            doubtful(null, meta("new")).end(ObjectJson.deleted(meta("new")).at(5)) shouldBe End.STORED
        }

        test("what is there as it was before was not written") {
            doubtful(old, meta("new")).end(old) shouldBe End.NOT_STORED
            doubtful(null, meta("new")).end(null) shouldBe End.NOT_STORED
        }

        test("an old object that somebody else has changed is written upon again") {
            val changed = meta("old", "theirs").at(4)
            doubtful(old, meta("new")).end(changed) shouldBe End.NOT_STORED
            doubtful(old, meta("old", "mine")).end(changed) shouldBe End.NOT_STORED
            doubtful(old, ObjectJson.deleted(meta("old"))).end(changed) shouldBe End.NOT_STORED
        }

        test("nobody can say of an object that has lost its name, and is written again if there is no doubt") {
            doubtful(old, meta("new")).end(null) shouldBe End.UNKNOWN
            MetaAttempt(old, meta("new")).end(null) shouldBe End.NOT_STORED
        }

        test("another object in its place is told from its own") {
            doubtful(old, meta("new")).end(meta("theirs").at(9)) shouldBe End.REPLACED
            doubtful(null, meta("new")).end(meta("theirs").at(9)) shouldBe End.REPLACED
            MetaAttempt(old, meta("new")).end(meta("theirs").at(9)) shouldBe End.NOT_STORED
        }
    })
