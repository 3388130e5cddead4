package dev.midge.nats.serialization

import com.fasterxml.jackson.core.JsonFactoryBuilder
import com.fasterxml.jackson.databind.ObjectMapper
import com.fasterxml.jackson.databind.json.JsonMapper
import com.fasterxml.jackson.dataformat.cbor.CBORFactory
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper
import com.fasterxml.jackson.dataformat.smile.SmileFactory
import com.fasterxml.jackson.dataformat.smile.databind.SmileMapper
import dev.midge.nats.serialization.internal.JacksonBuffers
import dev.midge.nats.serialization.internal.JacksonCodec
import dev.midge.nats.serialization.internal.JacksonMappers
import dev.midge.nats.serialization.internal.MapperWithPens
import dev.midge.nats.serialization.internal.OwnMappers
import dev.midge.nats.serialization.internal.typeName
import org.msgpack.jackson.dataformat.MessagePackMapper
import java.lang.reflect.Type
import kotlin.reflect.KType
import kotlin.reflect.javaType

/**
 * Any format of Jackson: for Kotlin data classes, Java records and beans, without a compiler plugin.
 *
 * Jackson is an optional dependency: a program that uses this class brings `jackson-databind`, the data format it uses, and
 * `jackson-module-kotlin` for Kotlin classes. A value is written as the type that was asked for, not as what it happens to be at run time.
 *
 * @property contentType the media type of what is written.
 */
public class JacksonFormat private constructor(private val mappers: JacksonMappers, override val contentType: String) : PayloadFormat {
    /**
     * What [mapper] writes, [contentType] by its media type, and what it reads, as it was configured.
     *
     * @param mapper how. It may be shared, and is not to be configured any more.
     */
    public constructor(
        mapper: ObjectMapper,
        contentType: String,
    ) : this(MapperWithPens(mapper).let { same -> JacksonMappers { same } }, contentType)

    @OptIn(ExperimentalStdlibApi::class)
    override fun codec(type: KType): PayloadCodec<*> = codec(type.javaType, type.isMarkedNullable) { typeName(type) }

    /**
     * A codec for values of [type].
     *
     * @throws UnsupportedTypeException if Jackson knows no way to encode and decode it.
     */
    public fun <T : Any> codec(type: Class<T>): PayloadCodec<T> {
        @Suppress("UNCHECKED_CAST")
        return codec(type as Type) as PayloadCodec<T>
    }

    /** As the one with a class, for types with arguments, as a `TypeReference` of Jackson's has them. */
    public fun codec(type: Type): PayloadCodec<*> = codec(type, isNullable = false, type::getTypeName)

    private fun codec(type: Type, isNullable: Boolean, name: () -> String): PayloadCodec<*> = try {
        val mapper = mappers.of(type)
        JacksonCodec(mapper, mapper.mapper.constructType(type), contentType, name(), isNullable)
    } catch (e: IllegalArgumentException) {
        throw UnsupportedTypeException(name(), "Jackson does not know how to handle it", e)
    }

    /**
     * The formats, with every Jackson module that the class loader of this library sees, or that of the type; the calling thread's plays no
     * part. A property that a class does not know is passed over.
     */
    public companion object {
        /** JSON, `application/json`. */
        @JvmStatic
        public fun json(): JacksonFormat = own("application/json") {
            JsonMapper(JsonFactoryBuilder().recyclerPool(JacksonBuffers()).build())
        }

        /** MessagePack, `application/msgpack`; needs `org.msgpack:jackson-dataformat-msgpack`. */
        @JvmStatic
        public fun messagePack(): JacksonFormat = own("application/msgpack") { MessagePackMapper() }

        /** CBOR, `application/cbor`; needs `jackson-dataformat-cbor`. */
        @JvmStatic
        public fun cbor(): JacksonFormat = own("application/cbor") {
            CBORMapper(CBORFactory.builder().recyclerPool(JacksonBuffers()).build())
        }

        /** Smile, `application/x-jackson-smile`; needs `jackson-dataformat-smile`. */
        @JvmStatic
        public fun smile(): JacksonFormat =
            own("application/x-jackson-smile") { SmileMapper(SmileFactory.builder().recyclerPool(JacksonBuffers()).build()) }

        private fun own(contentType: String, mapper: () -> ObjectMapper) = JacksonFormat(OwnMappers(mapper), contentType)
    }
}
