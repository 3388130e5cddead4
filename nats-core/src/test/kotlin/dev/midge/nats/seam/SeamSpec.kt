package dev.midge.nats.seam

import dev.midge.nats.ConnectionClosedException
import dev.midge.nats.ConnectionLostException
import dev.midge.nats.ConnectionState
import dev.midge.nats.Headers
import dev.midge.nats.InboxSink
import dev.midge.nats.InvalidSubjectException
import dev.midge.nats.NatsConnection
import dev.midge.nats.NatsConnectionPool
import dev.midge.nats.NatsException
import dev.midge.nats.NatsMessage
import dev.midge.nats.NatsOperations
import dev.midge.nats.NatsPublisher
import dev.midge.nats.NatsRequester
import dev.midge.nats.NatsShards
import dev.midge.nats.NatsSubscriber
import dev.midge.nats.PermissionViolationException
import dev.midge.nats.ReplySink
import dev.midge.nats.RequestTimeoutException
import dev.midge.nats.Seam
import dev.midge.nats.ServerInfo
import dev.midge.nats.Subject
import dev.midge.nats.WakeUps
import dev.midge.nats.isAtLeast
import dev.midge.nats.replyBytes
import dev.midge.nats.scripted.ScriptedNetwork
import dev.midge.nats.scripted.ScriptedServer
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import java.util.concurrent.CopyOnWriteArrayList
import kotlin.time.Duration
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

private val svc = Subject("svc")
private val none = ByteArray(0)

/** Tells what it is told. */
private class Recording(
    override val deadline: Long,
    override val takesMany: Boolean = false,
    override val failsWithLink: Boolean = false,
) : ReplySink {
    override val subject: Subject = svc
    private val told = ArrayList<String>()
    val ends = Channel<List<String>>(Channel.UNLIMITED)

    override fun onReply(message: NatsMessage, status: Int) {
        told += "$status ${message.text()}"
    }

    override fun onTimeout() {
        told += "timeout"
    }

    override fun onFailure(cause: NatsException) {
        told += cause::class.simpleName!!
    }

    override fun wake(wakeUps: WakeUps): Unit = wakeUps.run({ ends.trySend(told.toList()) }, Dispatchers.Default)
}

/** An inbox that tells what it is told. */
private class InboxLog : InboxSink {
    private val log = CopyOnWriteArrayList<String>()
    private val news = Channel<Unit>(Channel.CONFLATED)
    val messages = CopyOnWriteArrayList<NatsMessage>()

    @Volatile
    var onReady: () -> Unit = {}

    @Volatile
    var handled: CompletableDeferred<Unit> = CompletableDeferred(Unit)

    val told: List<String> get() = log.toList()

    suspend fun awaits(what: String) {
        while (what !in log) news.receive()
    }

    private fun tell(what: String) {
        log += what
        news.trySend(Unit)
    }

    override fun onMessage(message: NatsMessage, status: Int) {
        messages += message
        tell("$status ${message.text()}")
    }

    override fun onLinkLost(cause: NatsException): Unit = tell("lost")

    override fun onLinkReady(epoch: Long) {
        onReady()
        tell("ready $epoch")
    }

    override fun onEnd(cause: NatsException?): Unit = tell("end ${cause?.let { it::class.simpleName }}")

    override suspend fun finish() {
        tell("finishing")
        handled.await()
    }
}

private class Dialogue(scope: CoroutineScope, val network: ScriptedNetwork, val nats: NatsConnection, var server: ScriptedServer) :
    CoroutineScope by scope {
    val seam: Seam = nats.seam(svc)

    fun sink(takesMany: Boolean = false, failsWithLink: Boolean = false) = Recording(seam.deadline(1.hours), takesMany, failsWithLink)

    fun send(sink: Recording): Long = seam.tryRequest(svc, none, Headers.Empty, sink)

    /** The reply subject of the next request that the server reads. */
    suspend fun replyTo(): String {
        while (true) {
            val words = server.line()!!.split(' ')
            if (words[0] == "PUB" && words.size == 4) return words[2]
        }
    }

    suspend fun lineWith(text: String): String {
        while (true) server.line()!!.let { if (text in it) return it }
    }

    suspend fun reconnect() {
        server.hangUp()
        server = network.accept()
        server.letIn()
        lineWith("PING")
        server.send("PONG\r\n")
        nats.state.first { it == ConnectionState.Connected }
    }
}

private fun FunSpec.dialogue(name: String, test: suspend Dialogue.() -> Unit) {
    test(name).config(timeout = 20.seconds) {
        coroutineScope {
            val network = ScriptedNetwork()
            val nats = network.connection {
                reconnect {
                    maxReconnects = -1
                    wait = 1.milliseconds
                    jitter = 0.seconds
                }
            }
            val first = async { network.accept().also { it.letIn() } }
            nats.connect()
            val dialogue = Dialogue(this, network, nats, first.await())
            // The inbox of requests, once.
            val request = launch { runCatching { nats.request(svc) } }
            dialogue.replyTo().let { dialogue.server.send("MSG $it 1 0\r\n\r\n") }
            request.join()
            try {
                dialogue.test()
            } finally {
                nats.close()
            }
        }
    }
}

class SeamSpec :
    FunSpec({
        dialogue("a status is handed over, and ends the request as a reply does") {
            for (status in listOf(404, 408, 409, 429, 503)) {
                val sink = sink()
                send(sink)
                val inbox = replyTo()
                val block = "NATS/1.0 $status Words\r\n\r\n"
                server.send("HMSG $inbox 1 ${block.length} ${block.length}\r\n$block\r\n")
                server.send("MSG $inbox 1 4\r\nlate\r\n")
                sink.ends.receive() shouldContainExactly listOf("$status ")
                nats.stats().pendingRequests shouldBe 0
            }
        }

        dialogue("a sink that takes many gets them until it is withdrawn") {
            val sink = sink(takesMany = true)
            val number = send(sink)
            val inbox = replyTo()
            server.send("MSG $inbox 1 1\r\na\r\nMSG $inbox 1 1\r\nb\r\n")
            while (sink.ends.receive() != listOf("0 a", "0 b")) Unit
            nats.stats().pendingRequests shouldBe 1
            seam.withdraw(number) shouldBe true
            seam.withdraw(number) shouldBe false
            server.send("MSG $inbox 1 1\r\nc\r\n")
            val other = sink()
            send(other)
            server.send("MSG ${replyTo()} 1 1\r\nd\r\n")
            other.ends.receive() shouldBe listOf("0 d")
            sink.ends.tryReceive().getOrNull()?.let { it shouldBe listOf("0 a", "0 b") }
        }

        dialogue("a deadline, a refusal and the end of the connection are told, once") {
            val late = Recording(seam.deadline(1.milliseconds))
            send(late)
            val inbox = replyTo()
            late.ends.receive() shouldBe listOf("timeout")
            server.send("MSG $inbox 1 4\r\nlate\r\n")
            val refused = sink()
            send(refused)
            replyTo()
            server.send("-ERR 'Permissions Violation for Publish to \"svc\"'\r\n")
            refused.ends.receive() shouldBe listOf(PermissionViolationException::class.simpleName)
            val closed = sink()
            send(closed)
            nats.close()
            closed.ends.receive() shouldBe listOf(ConnectionClosedException::class.simpleName)
            listOf(late, refused, closed).mapNotNull { it.ends.tryReceive().getOrNull() }.shouldBeEmpty()
            nats.stats().pendingRequests shouldBe 0
        }

        dialogue("the loss of the link fails who wants that, and nobody else") {
            val fails = sink(failsWithLink = true)
            val waits = sink()
            send(fails)
            send(waits)
            replyTo()
            val inbox = replyTo()
            reconnect()
            fails.ends.receive() shouldBe listOf(ConnectionLostException::class.simpleName)
            server.send("MSG $inbox 1 5\r\nlater\r\n")
            waits.ends.receive() shouldBe listOf("0 later")
        }

        test(
            "before the connection is open nothing is sent and nobody told; a call that waits is sent when it is",
        ).config(timeout = 20.seconds) {
            coroutineScope {
                val network = ScriptedNetwork()
                val nats = network.connection()
                val seam = nats.seam(svc)
                val untold = Recording(seam.deadline(1.hours))
                seam.tryRequest(svc, none, Headers.Empty, untold) shouldBe 0
                seam.server shouldBe null
                val sink = Recording(seam.deadline(1.hours))
                val call = async(start = CoroutineStart.UNDISPATCHED) { seam.request(svc, none, Headers.Empty, sink) }
                val dialogue = Dialogue(this, network, nats, network.accept())
                dialogue.server.letIn()
                dialogue.server.send("MSG ${dialogue.replyTo()} 1 2\r\nok\r\n")
                sink.ends.receive() shouldBe listOf("0 ok")
                seam.withdraw(call.await()) shouldBe false
                untold.ends.tryReceive().isFailure shouldBe true
                seam.server?.version shouldBe "2.10.0"
                seam.epoch shouldBe 1
                nats.close()
                shouldThrow<ConnectionClosedException> { seam.request(svc, none, Headers.Empty, sink) }
                shouldThrow<ConnectionClosedException> { seam.subscribe(seam.newInbox(), InboxLog()) }
            }
        }

        test("a request that cannot be sent in time either throws or tells its sink").config(timeout = 20.seconds) {
            val network = ScriptedNetwork()
            val nats = network.connection()
            val seam = nats.seam(svc)
            val sink = Recording(seam.deadline(20.milliseconds))
            val failure = runCatching { seam.request(svc, none, Headers.Empty, sink) }.exceptionOrNull()
            if (failure == null) {
                sink.ends.receive() shouldBe listOf("timeout")
            } else {
                failure.shouldBeInstanceOf<RequestTimeoutException>()
                sink.ends.tryReceive().isFailure shouldBe true
            }
            nats.stats().pendingRequests shouldBe 0
            nats.close()
        }

        dialogue("an inbox is told links and messages in their order, and its end") {
            val log = InboxLog()
            val inbox = seam.newInbox()
            val subscription = seam.subscribe(Subject("$inbox.*"), log)
            val sid = lineWith("SUB $inbox.* ").substringAfterLast(' ')
            server.send("MSG stream.a $sid \$JS.ACK.1 1\r\n1\r\nMSG stream.a $sid 1\r\n2\r\n")
            log.awaits("0 2")
            server.hangUp()
            server = network.accept()
            server.letIn()
            val early = CompletableDeferred<Unit>()
            log.onReady = { early.complete(Unit) }
            // Before the new link is the one in use.
            lineWith("SUB $inbox.* $sid")
            server.send("MSG stream.a $sid 1\r\n3\r\n")
            log.awaits("0 3")
            early.isCompleted shouldBe false
            lineWith("PING")
            server.send("PONG\r\n")
            early.await()
            seam.epoch shouldBe 2
            val status = "NATS/1.0 409 Consumer Deleted\r\n\r\n"
            server.send("HMSG $inbox.7 $sid ${status.length} ${status.length}\r\n$status\r\nMSG stream.a $sid 1\r\n4\r\n")
            log.awaits("0 4")
            log.told shouldContainExactly listOf("0 1", "0 2", "lost", "0 3", "ready 2", "409 ", "0 4")
            subscription.unsubscribe()
            lineWith("UNSUB $sid")
            server.send("MSG stream.a $sid 1\r\n5\r\n")
            nats.close()
            log.told.last() shouldBe "0 4"
        }

        dialogue("an inbox is told the end of the connection, and that it was refused") {
            val closed = InboxLog()
            seam.subscribe(Subject("a"), closed)
            val refused = InboxLog()
            seam.subscribe(Subject("b"), refused)
            server.send("-ERR 'Permissions Violation for Subscription to \"b\"'\r\n")
            refused.awaits("end PermissionViolationException")
            nats.close()
            closed.told shouldContainExactly listOf("end null")
        }

        dialogue("a drain waits until the inbox has handled what has come") {
            val log = InboxLog()
            val handled = CompletableDeferred<Unit>()
            log.handled = handled
            seam.subscribe(Subject("a"), log)
            val sid = lineWith("SUB a ").substringAfterLast(' ')
            val answering = launch {
                while (true) if ((server.line() ?: break) == "PING") server.send("PONG\r\n")
            }
            val draining = async { nats.drain() }
            log.awaits("finishing")
            nats.state.value shouldBe ConnectionState.Draining
            seam.tryReply("ack.$sid".encodeToByteArray(), none) shouldBe true
            handled.complete(Unit)
            draining.await()
            answering.cancel()
            server.written().decodeToString().contains("PUB ack.$sid 0") shouldBe true
        }

        dialogue("a reply goes to its subject byte by byte, unless that would end before its end") {
            val log = InboxLog()
            seam.subscribe(Subject("a"), log)
            val sid = lineWith("SUB a ").substringAfterLast(' ')
            server.send("MSG a $sid \$JS.ACK.S.C.1.*.größe 2\r\nhi\r\n")
            log.awaits("0 hi")
            val replyTo = checkNotNull(log.messages.single().replyBytes)
            seam.tryReply(replyTo, "+ACK".encodeToByteArray()) shouldBe true
            lineWith("PUB \$JS.ACK") shouldBe "PUB \$JS.ACK.S.C.1.*.größe 4"
            seam.reply(replyTo, "-NAK".encodeToByteArray())
            lineWith("PUB \$JS.ACK") shouldBe "PUB \$JS.ACK.S.C.1.*.größe 4"
            for (bytes in listOf("a 1", "a\r\nPUB b 0", "")) {
                shouldThrow<InvalidSubjectException> { seam.tryReply(bytes.encodeToByteArray(), none) }
                shouldThrow<InvalidSubjectException> { seam.reply(bytes.encodeToByteArray(), none) }
            }
        }

        test("inboxes are below the prefix of the options, and each is new") {
            val nats = NatsConnection("nats://nowhere") { inboxPrefix = "mine" }
            val inboxes = List(10_000) { nats.newInbox().value }
            inboxes.toSet().size shouldBe inboxes.size
            inboxes.filterNot { Regex("mine\\.[-_0-9A-Za-z]{22}").matches(it) }.shouldBeEmpty()
            val pool = NatsConnectionPool(nats.options, size = 2)
            val shards = NatsShards(listOf("nats://a", "nats://b")) { inboxPrefix = "mine" }
            for (several in listOf(pool, shards, shards.shard("x"))) several.newInbox().value.substringBefore('.') shouldBe "mine"
        }

        test("the seam is that of the connection which carries the subject, also by a wrapper, and no other client's") {
            val shards = NatsShards(listOf("nats://a", "nats://b"), poolSize = 2)
            val wrapped = object : NatsOperations by shards {}
            for (i in 0 until 100) {
                val subject = Subject("subject.$i")
                val connection = wrapped.seam(subject).connection
                (connection in shards.shard(subject).pool.connections) shouldBe true
                shards.shard(subject).seam(subject).connection shouldBe connection
            }
            shouldThrow<InvalidSubjectException> { shards.seam(Subject("a.*")) }
            val foreign = object :
                NatsOperations,
                NatsPublisher by shards,
                NatsSubscriber by shards,
                NatsRequester by shards {
                override suspend fun ping(timeout: Duration?): Duration = 1.seconds

                override fun newInbox(): Subject = svc
            }
            shouldThrow<UnsupportedOperationException> { foreign.seam(svc) }
        }

        test("versions are compared by their numbers") {
            fun version(text: String) = ServerInfo(version = text)
            version("2.10.4").isAtLeast(2, 10, 4) shouldBe true
            version("2.10.4").isAtLeast(2, 9) shouldBe true
            version("2.10.4").isAtLeast(2, 10, 5) shouldBe false
            version("2.9.25").isAtLeast(2, 10) shouldBe false
            version("2.11.0-RC.1").isAtLeast(2, 11) shouldBe true
            version("v3").isAtLeast(2, 99) shouldBe true
            version("").isAtLeast(0, 1) shouldBe false
        }
    })
