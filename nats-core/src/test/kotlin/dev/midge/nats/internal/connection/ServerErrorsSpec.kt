package dev.midge.nats.internal.connection

import dev.midge.nats.AuthenticationException.Reason
import io.kotest.core.spec.style.FunSpec
import io.kotest.datatest.withTests
import io.kotest.matchers.shouldBe

class ServerErrorsSpec :
    FunSpec({
        context("the texts of nats-server 2.9 to 2.15 that refuse credentials, and those that do not") {
            withTests(
                nameFn = { (text, reason) -> "$text: $reason" },
                "Authorization Violation" to Reason.REFUSED,
                "authorization violation" to Reason.REFUSED,
                "User Authentication Expired" to Reason.EXPIRED,
                "Account Authentication Expired" to Reason.EXPIRED,
                "User Authentication Revoked" to Reason.REVOKED,
                "Authentication Timeout" to null,
                "maximum account active connections exceeded" to null,
                "maximum connections exceeded" to null,
                "Stale Connection" to null,
                "Permissions Violation for Publish to \"authorization violation\"" to null,
                "" to null,
            ) { (text, reason) -> ServerErrors.refusal(text) shouldBe reason }
        }
    })
