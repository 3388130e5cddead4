package dev.midge.nats.serialization.internal

import com.fasterxml.jackson.databind.DeserializationFeature
import com.fasterxml.jackson.databind.Module
import com.fasterxml.jackson.databind.ObjectMapper
import org.slf4j.LoggerFactory
import java.lang.ref.SoftReference
import java.lang.reflect.Type
import java.util.ServiceConfigurationError
import java.util.ServiceLoader
import java.util.WeakHashMap

/** Which mapper writes and reads a type, and the pens that belong to it. */
internal fun interface JacksonMappers {
    fun of(type: Type): MapperWithPens
}

/** @property pens `null` if what [mapper] writes needs a new generator for each value. */
internal class MapperWithPens(val mapper: ObjectMapper) {
    val pens: JacksonPens? = JacksonPens.of(mapper)
}

/**
 * Mappers of our own making, with all Jackson modules that the class loader of this library sees, and those that the type's own sees. The
 * thread that asks has no part in it: its class loader may be anybody's, and what it does not see others do.
 */
internal class OwnMappers(private val make: () -> ObjectMapper) : JacksonMappers {
    private val ours = MapperWithPens(mapper(OUR_LOADER))

    /** For types of programs that were loaded later. Neither of the two references keeps such a program in memory for good. */
    private val others = WeakHashMap<ClassLoader, SoftReference<MapperWithPens>>()

    override fun of(type: Type): MapperWithPens {
        val loader = ClassLoaders.of(type) { !ClassLoaders.sees(OUR_LOADER, it) } ?: return ours
        synchronized(others) {
            return others[loader]?.get() ?: MapperWithPens(mapper(loader)).also { others[loader] = SoftReference(it) }
        }
    }

    private fun mapper(loader: ClassLoader): ObjectMapper {
        val mapper = make()
        // The first of a name counts.
        if (loader != OUR_LOADER) mapper.registerModules(modules(loader))
        mapper.registerModules(ObjectMapper.findModules(OUR_LOADER))
        mapper.typeFactory = mapper.typeFactory.withClassLoader(loader)
        // A publisher may be ahead of its subscribers by a property.
        return mapper.disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES) as ObjectMapper
    }

    /** One that is no module for our Jackson may be one for another: that of the type's program. */
    private fun modules(loader: ClassLoader): List<Module> = buildList {
        val found = ServiceLoader.load(Module::class.java, loader).iterator()
        repeat(MOST_MODULES) {
            try {
                if (!found.hasNext()) return@buildList
                add(found.next())
            } catch (e: ServiceConfigurationError) {
                log.debug("a Jackson module is left out: {}", e.message)
            }
        }
    }

    private companion object {
        val OUR_LOADER: ClassLoader = OwnMappers::class.java.classLoader

        /** Jackson has fewer than a hundred. A loader that fails in the same way for ever comes to an end as well. */
        const val MOST_MODULES = 1000
        val log = LoggerFactory.getLogger("dev.midge.nats.serialization")
    }
}
