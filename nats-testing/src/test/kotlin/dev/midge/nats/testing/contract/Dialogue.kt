package dev.midge.nats.testing.contract

/**
 * What a client says and what it hears, to the byte, INFO left out. It is true of every server or it is wrong.
 *
 * @property ends whether the server closes the connection afterwards; if not, a PING is added to what is said and a PONG to what is heard.
 */
class Dialogue(
    val name: String,
    says: List<String>,
    hears: List<String>,
    val ends: Boolean = false,
    val login: Login = Login.NONE,
    lineEnd: String = "\r\n",
) {
    val says: String = (if (ends) says else says + "PING").joinToString("") { it + lineEnd }
    val hears: String = (if (ends) hears else hears + "PONG").joinToString("") { "$it\r\n" }

    override fun toString(): String = name
}

/** What the server asks of a client. */
enum class Login { NONE, USER, TOKEN, HASHED_USER, HASHED_TOKEN }

/** The bcrypt hash of `p`, at a cost that a test can afford. */
const val HASH_OF_P = "\$2a\$04\$sI0xoKlSTh40.qBtA3oIp.fPJT78JrMCQljfu94lYKCawhOnvKjUW"

/** Neither `+OK` nor checks of subjects. */
const val QUIET = """CONNECT {"verbose":false,"pedantic":false}"""

/** As [QUIET], and headers are understood. */
const val HEADERS = """CONNECT {"verbose":false,"pedantic":false,"headers":true}"""

/** As [HEADERS], and no responders are told. */
const val NO_RESPONDERS = """CONNECT {"verbose":false,"pedantic":false,"headers":true,"no_responders":true}"""

/** Every operation is answered. */
const val VERBOSE = """CONNECT {"verbose":true,"pedantic":false}"""

/** Subjects are checked. */
const val PEDANTIC = """CONNECT {"verbose":false,"pedantic":true}"""

/** The connection goes on afterwards. */
fun dialogue(name: String, vararg says: String, hears: List<String> = emptyList()): Dialogue = Dialogue(name, says.toList(), hears)

/** The server closes the connection, after the `-ERR` with [error] if there is one. */
fun violation(name: String, vararg says: String, error: String? = null, login: Login = Login.NONE): Dialogue =
    Dialogue(name, says.toList(), listOfNotNull(error?.let { "-ERR '$it'" }), ends = true, login = login)
