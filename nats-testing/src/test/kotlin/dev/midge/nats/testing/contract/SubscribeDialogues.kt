package dev.midge.nats.testing.contract

/** SUB and UNSUB. */
val SUBSCRIBE_DIALOGUES =
    listOf(
        dialogue(
            "a star stands for one token",
            QUIET,
            "SUB a.*.c 1",
            publish("a.b.c"),
            publish("a.c"),
            publish("a.b.b.c"),
            publish("a.b"),
            hears = message("a.b.c", 1),
        ),
        dialogue(
            "a tail stands for one token or more",
            QUIET,
            "SUB a.> 1",
            publish("a"),
            publish("a.b"),
            publish("a.b.c"),
            publish("b.a"),
            hears =
            message("a.b", 1) + message("a.b.c", 1),
        ),
        dialogue(
            "a tail alone gets everything",
            QUIET,
            "SUB > 1",
            publish("a"),
            publish("a.b"),
            hears = message("a", 1) + message("a.b", 1),
        ),
        dialogue(
            "a star inside a token is a letter",
            QUIET,
            "SUB a* 1",
            "SUB *a 2",
            "SUB a>.b 3",
            publish("a*"),
            publish("ab"),
            publish("*a"),
            publish("a>.b"),
            publish("ab.b"),
            hears = message("a*", 1) + message("*a", 2) + message("a>.b", 3),
        ),
        dialogue("subjects are told apart by case", QUIET, "SUB a 1", publish("A")),
        dialogue(
            "subjects that nobody can subscribe to are refused",
            QUIET,
            "SUB a..b 1",
            "SUB .a 2",
            "SUB a. 3",
            "SUB a.>.b 4",
            "SUB >.a 5",
            hears = List(5) { "-ERR 'Invalid Subject'" },
        ),
        dialogue("a sid in use keeps its subject", VERBOSE, "SUB a 1", "SUB b 1", "UNSUB 1", hears = listOf("+OK", "+OK", "+OK", "+OK")),
        dialogue(
            "a sid in use gets nothing of a second subject",
            QUIET,
            "SUB a 1",
            "SUB b 1",
            publish("b"),
            publish("a"),
            hears = message("a", 1),
        ),
        dialogue("a sid may be any word", QUIET, "SUB a some-sid", "PUB a 1", "x", hears = listOf("MSG a some-sid 1", "x")),
        dialogue("a queue group gets a message once", QUIET, "SUB a q 1", "UNSUB 1", "SUB a q 2", publish("a"), hears = message("a", 2)),
        dialogue(
            "a queue group is one over different wildcards",
            QUIET,
            "SUB a.b q 1",
            "SUB a.* q 1",
            "SUB a.> q 1",
            publish("a.b"),
            hears = message("a.b", 1),
        ),
        dialogue("a queue group's name may hold dots and stars", QUIET, "SUB a q.x.* 1", publish("a"), hears = message("a", 1)),
        dialogue("UNSUB ends a subscription", QUIET, "SUB a 1", "UNSUB 1", publish("a")),
        dialogue("UNSUB of an unknown sid is nothing", VERBOSE, "UNSUB 77", hears = listOf("+OK", "+OK")),
        dialogue(
            "UNSUB with a number ends after that many messages",
            QUIET,
            "SUB a 1",
            "UNSUB 1 2",
            publish("a"),
            publish("a"),
            publish("a"),
            hears =
            message("a", 1) * 2,
        ),
        dialogue(
            "messages before UNSUB count", QUIET, "SUB a 1", publish("a"), publish("a"), "UNSUB 1 3", publish("a"), publish("a"),
            hears =
            message("a", 1) * 3,
        ),
        dialogue(
            "UNSUB with a number that is reached ends at once",
            QUIET,
            "SUB a 1",
            publish("a"),
            publish("a"),
            "UNSUB 1 2",
            publish("a"),
            hears =
            message("a", 1) * 2,
        ),
        dialogue(
            "UNSUB with a number that is passed ends at once",
            QUIET,
            "SUB a 1",
            publish("a"),
            publish("a"),
            "UNSUB 1 1",
            publish("a"),
            hears =
            message("a", 1) * 2,
        ),
        dialogue(
            "UNSUB's number can be raised", QUIET, "SUB a 1", "UNSUB 1 1", "UNSUB 1 2", publish("a"), publish("a"), publish("a"),
            hears =
            message("a", 1) * 2,
        ),
        dialogue("UNSUB with zero ends at once", QUIET, "SUB a 1", "UNSUB 1 0", publish("a")),
        dialogue("UNSUB with no number ends at once", QUIET, "SUB a 1", "UNSUB 1 x", publish("a")),
        dialogue(
            "a sid is free after its last message", QUIET, "SUB a 1", "UNSUB 1 1", publish("a"), "SUB b 1", publish("a"), publish("b"),
            hears =
            message("a", 1) + message("b", 1),
        ),
    )

private fun publish(subject: String): String = "PUB $subject 1\r\nx"

private fun message(subject: String, sid: Int): List<String> = listOf("MSG $subject $sid 1", "x")

private operator fun List<String>.times(count: Int): List<String> = List(count) { this }.flatten()
