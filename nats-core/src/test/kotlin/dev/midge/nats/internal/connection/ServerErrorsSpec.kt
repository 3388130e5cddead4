package dev.midge.nats.internal.connection

import dev.midge.nats.AuthenticationException.Reason
import dev.midge.nats.PermissionViolationException.Operation
import io.kotest.core.spec.style.FunSpec
import io.kotest.datatest.withTests
import io.kotest.matchers.shouldBe

private fun violation(error: String) = ServerErrors.permissionViolation(error)?.let { Triple(it.operation, it.subject, it.queueGroup) }

class ServerErrorsSpec :
    FunSpec({
        context("a permission violation names what is not permitted") {
            withTests(
                nameFn = { (error, _) -> error },
                listOf(
                    """Permissions Violation for Publish to "a.b"""" to Triple(Operation.PUBLISH, "a.b", null),
                    """Permissions Violation for Publish with Reply of "r"""" to Triple(Operation.PUBLISH, "r", null),
                    """Permissions Violation for Subscription to "a.>"""" to Triple(Operation.SUBSCRIBE, "a.>", null),
                    """Permissions Violation for Subscription to "a" using queue "q"""" to Triple(Operation.SUBSCRIBE, "a", "q"),
                    """permissions violation for subscription to "a", and more""" to Triple(Operation.SUBSCRIBE, "a", null),
                ),
            ) { (error, told) -> violation(error) shouldBe told }
        }

        context("a name comes back as it was before the server quoted it") {
            withTests(
                nameFn = { (quoted, _) -> quoted },
                // As nats-server 2.9.10 and 2.15.1 send them.
                listOf(
                    """"a\"b"""" to "a\"b",
                    """"a\\b"""" to "a\\b",
                    """"größe\x01\x7f\u2028\u00a0"""" to "größe\u0001\u007F\u2028\u00A0",
                    """"\a\b\f\v\U0001f600"""" to "\u0007\b\u000C\u000B\uD83D\uDE00",
                ),
            ) { (quoted, name) ->
                violation("Permissions Violation for Publish to $quoted") shouldBe Triple(Operation.PUBLISH, name, null)
                violation("Permissions Violation for Subscription to \"s\" using queue $quoted") shouldBe
                    Triple(Operation.SUBSCRIBE, "s", name)
            }
        }

        context("another error is no permission violation") {
            withTests(
                nameFn = { "'$it'" },
                "",
                "Unknown Protocol Operation",
                "Permissions Violation for Publish to ",
                "Permissions Violation for Publish to a",
                "Permissions Violation for Publish to \"a",
                "Permissions Violation for Publish to \"a\\",
                "Permissions Violation for Publish to \"a\\\"",
                "Permissions Violation for Publish to \"\\q\"",
                "Permissions Violation for Publish to \"\\x0",
                "Permissions Violation for Publish to \"\\Uffffffff\"",
                "Permissions Violation for Publish to \"a\\nb\"",
                "Permissions Violation for Publish to \"a\\x0ab\"",
                "Permissions Violation for Publish to \"a\\u000db\"",
            ) { violation(it) shouldBe null }
        }

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
