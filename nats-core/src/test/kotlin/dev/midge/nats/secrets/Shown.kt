package dev.midge.nats.secrets

import ch.qos.logback.classic.Level
import ch.qos.logback.classic.Logger
import ch.qos.logback.classic.spi.ILoggingEvent
import ch.qos.logback.classic.spi.ThrowableProxyUtil
import ch.qos.logback.core.Appender
import ch.qos.logback.core.AppenderBase
import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsEvent
import dev.midge.nats.NatsOptions
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.string.shouldContain
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch
import org.slf4j.LoggerFactory
import java.util.Base64
import java.util.concurrent.ConcurrentLinkedQueue

/** Gathers everything that a program could show: all loggers at TRACE with their stack traces, every `toString`, every exception. */
class Shown : AutoCloseable {
    private val texts = ConcurrentLinkedQueue<String>()
    private val root = LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) as Logger
    private val level = root.level
    private val appenders = root.iteratorForAppenders().asSequence().toList()

    private val recorder = object : AppenderBase<ILoggingEvent>() {
        override fun append(event: ILoggingEvent) {
            texts += "${event.level} ${event.loggerName} ${event.formattedMessage} ${event.mdcPropertyMap}"
            event.argumentArray?.forEach { texts += "$it" }
            event.throwableProxy?.let { texts += ThrowableProxyUtil.asString(it) }
        }
    }

    init {
        appenders.forEach { appender: Appender<ILoggingEvent> -> root.detachAppender(appender) }
        recorder.context = root.loggerContext
        recorder.start()
        root.addAppender(recorder)
        root.level = Level.TRACE
    }

    fun add(value: Any?) {
        texts += "$value"
    }

    /** Message, causes, suppressed ones and all their classes' own words. */
    fun add(error: Throwable) {
        texts += error.stackTraceToString()
        texts += "$error ${error.localizedMessage}"
    }

    fun add(options: NatsOptions) {
        listOf(options, options.auth, options.servers, options.copy { name = "copied" }, options.inboxPrefix).forEach(::add)
        // The builder is what the caller wrote, but it does not say it either.
        options.copy { add(this) }
    }

    fun add(nats: NatsConnection) {
        add(nats.options)
        listOf(nats, nats.serverInfo.value, nats.state.value, nats.stats()).forEach(::add)
    }

    /** Watches the events of [nats] until the result is cancelled. */
    fun watch(nats: NatsConnection, scope: CoroutineScope): Job = scope.launch(start = CoroutineStart.UNDISPATCHED) {
        nats.events.collect {
            add(it)
            if (it is NatsEvent.Disconnected) add(it.cause)
        }
    }

    /** Nothing shown holds one of [secrets], as it is or in base64; and something was shown at all. */
    fun holdsNone(secrets: Collection<String>) {
        val forms = secrets.flatMap { listOf(it, Base64.getEncoder().encodeToString(it.encodeToByteArray()).trimEnd('=').dropLast(1)) }
        texts.filter { text -> forms.any { it in text } }.shouldBeEmpty()
        texts.joinToString("\n") shouldContain "dev.midge.nats.connection"
    }

    override fun close() {
        root.level = level
        root.detachAppender(recorder)
        appenders.forEach(root::addAppender)
    }
}
