package dev.midge.nats

import dev.midge.nats.internal.context.ContextAuth
import dev.midge.nats.internal.context.ContextFile
import dev.midge.nats.internal.context.ContextFolder
import java.nio.file.Path

/**
 * A context as the `nats` command line tool keeps them (ADR-21): where the servers are and how to be let in, under a name. Immutable.
 *
 * ```
 * val nats = NatsConnection(NatsOptions { NatsContext.load().applyTo(this) })
 * ```
 * In Java:
 * ```
 * var options = NatsContext.load("production").applyTo(NatsOptions.builder()).name("orders").build();
 * ```
 * Contexts are files `<name>.json` in `nats/context` below `$XDG_CONFIG_HOME`, or below `~/.config` without that. Fields that are not known
 * are ignored. It shows no secret.
 */
public class NatsContext internal constructor(
    /** What it is called. */
    @get:JvmName("name") public val name: String,
    /** The file that it was read from. */
    @get:JvmName("file") public val file: Path,
    private val fields: ContextFile,
) {
    /** What it is for, or an empty string. */
    @get:JvmName("description")
    public val description: String
        get() = fields.text("description").orEmpty()

    /** The JetStream domain, or `null`. */
    @get:JvmName("jetStreamDomain")
    public val jetStreamDomain: String?
        get() = fields.text("jetstream_domain")

    /** What the subjects of the JetStream API begin with, or `null` for the usual. */
    @get:JvmName("jetStreamApiPrefix")
    public val jetStreamApiPrefix: String?
        get() = fields.text("jetstream_api_prefix")

    /** What the subjects of JetStream's events begin with, or `null` for the usual. */
    @get:JvmName("jetStreamEventPrefix")
    public val jetStreamEventPrefix: String?
        get() = fields.text("jetstream_event_prefix")

    /**
     * Sets in [builder] what the context says: servers, credentials, TLS and the inbox prefix. What it leaves out stays as it is, but for servers and
     * credentials, which are one thing: they are the context's, also where it has none.
     *
     * A user with a password counts before a credentials file, and that before an NKey or a user JWT; a token counts if there is nothing else.
     * Files are read at every attempt to connect, and a `~` at the beginning of their names is the home directory.
     *
     * @return [builder].
     * @throws ContextException if the context needs what this client does not do: `nsc`, which would run a program, or `socks_proxy`.
     */
    public fun applyTo(builder: NatsOptions.Builder): NatsOptions.Builder {
        refuse("nsc", "would run the program 'nsc' for the credentials, which this client does not: export them to a file for 'creds'")
        refuse("socks_proxy", "wants a SOCKS proxy, which this client does not use")
        builder.servers = fields.text("url") ?: NatsOptions.DEFAULT_SERVER
        builder.auth = ContextAuth.of(fields) ?: NatsAuth.None
        fields.text("inbox_prefix")?.let { builder.inboxPrefix = it }
        builder.tls = builder.tls.copy {
            fields.file("ca")?.let { trustAnchors = it }
            fields.file("cert")?.let { certificateChain = it }
            fields.file("key")?.let { privateKey = it }
            if (fields.flag("tls_first")) handshakeFirst = true
        }
        return builder
    }

    private fun refuse(field: String, why: String) {
        if (fields.text(field) != null) throw ContextException("the context '$name' ($file) has '$field': it $why")
    }

    override fun toString(): String = "NatsContext(name=$name, file=$file)"

    /** Reads contexts. */
    public companion object {
        /**
         * The context with [name], or the one that was selected by `nats context select`. Blocks its thread for the files, which are small.
         *
         * @throws ContextException if there is none of that name, none is selected, or its file is not one.
         */
        @JvmStatic
        @JvmOverloads
        public fun load(name: String? = null): NatsContext = ContextFolder.ofUser().load(name)

        /** The names of the contexts that there are, in order; empty if there are none. Blocks its thread for the directory. */
        @JvmStatic
        public fun names(): List<String> = ContextFolder.ofUser().names()
    }
}

/** A [NatsContext] cannot be read, or says what this client does not do. The message names the file. */
public class ContextException internal constructor(message: String, cause: Throwable? = null) : NatsCoreException(message, cause)
