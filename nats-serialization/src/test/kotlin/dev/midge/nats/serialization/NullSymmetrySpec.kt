package dev.midge.nats.serialization

import dev.midge.nats.serialization.internal.BoundCodec
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.io.Buffer
import kotlinx.io.readByteArray
import kotlin.reflect.KType
import kotlin.reflect.typeOf

class NullSymmetrySpec :
    FunSpec({
        /** What a null comes back as, or the failure that kept it from being sent. */
        fun CodecRegistry.sent(type: KType): Result<Any?> {
            @Suppress("UNCHECKED_CAST")
            val codec = bound(type) as BoundCodec<Any?>
            return runCatching { codec.encode(null) }.map { payload ->
                codec.codec.decode(Buffer().apply { write(payload.readByteArray()) })
            }
        }

        for ((name, format) in formatsOfOurOwn) {
            val registry = CodecRegistry {
                this.format = format
                codec(PointCodec)
            }

            test("$name: a null that is no value of the type is not sent") {
                // As Java can hand it over.
                registry.sent(typeOf<Person>()).exceptionOrNull().shouldBeInstanceOf<UnencodableValueException>()
                registry.sent(typeOf<String>()).exceptionOrNull().shouldBeInstanceOf<UnencodableValueException>()
                registry.sent(typeOf<ByteArray>()).exceptionOrNull().shouldBeInstanceOf<UnencodableValueException>()
                registry.sent(typeOf<Point>()).exceptionOrNull().shouldBeInstanceOf<UnencodableValueException>()
            }

            test("$name: a null that is a value of the type comes back, or is not sent") {
                for (type in listOf(typeOf<Person?>(), typeOf<Int?>(), typeOf<List<Int>?>())) {
                    val result = registry.sent(type)
                    if (name == "kotlinx ProtoBuf") {
                        result.exceptionOrNull().shouldBeInstanceOf<UnencodableValueException>()
                    } else {
                        result shouldBe Result.success(null)
                    }
                }
                // Their codecs know no null.
                for (type in listOf(typeOf<String?>(), typeOf<ByteArray?>(), typeOf<Point?>())) {
                    registry.sent(type).exceptionOrNull().shouldBeInstanceOf<UnencodableValueException>()
                }
            }
        }
    })
