package dev.midge.nats.secrets

import dev.midge.nats.NatsConnection
import dev.midge.nats.internal.auth.NKeyType
import dev.midge.nats.internal.auth.TestKey
import dev.midge.nats.internal.auth.TestOperator
import dev.midge.nats.testing.NatsServerProcess
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.shouldBe

class SecretsNeverShowIT :
    FunSpec({
        for (version in listOf("2.9.10", "2.10.27", "2.15.1")) {
            val identity = Identity(TestKey(NKeyType.USER), TestOperator(), tempdir().toPath())
            val others = Identity(TestKey(NKeyType.USER), TestOperator(), tempdir().toPath())
            val kinds = listOf(
                identity.byPassword() to "authorization { users = [ { user: $USER, password: $PASSWORD } ] }",
                identity.byToken() to "authorization { token: $TOKEN }",
                identity.byKey() to "authorization { users = [ { nkey: ${identity.key.public} } ] }",
                identity.byJwt() to identity.operator.config(),
            )
            for ((good, config) in kinds) {
                test("[nats-server $version] ${good.joinToString()}: let in or refused, none of it is shown") {
                    NatsServerProcess.start {
                        this.version = version
                        this.config = config
                    }.use { server ->
                        Shown().use { shown ->
                            for (case in identity.all()) {
                                val url = "nats://${case.userInfo}127.0.0.1:${server.port}"
                                shown.life(NatsConnection(url) { auth = case.auth }) shouldBe (case.name in good.map { it.name })
                            }
                            for (case in others.byKey() + others.byJwt()) {
                                shown.life(NatsConnection(server.url) { auth = case.auth }) shouldBe false
                            }
                            shown.holdsNone(identity.secrets + others.secrets)
                        }
                    }
                }
            }
        }
    })
