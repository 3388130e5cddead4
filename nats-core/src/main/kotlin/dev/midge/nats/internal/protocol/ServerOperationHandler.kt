package dev.midge.nats.internal.protocol

/** What the parser calls for each operation of the server. An exception thrown here ends the parse and reaches the parser's caller. */
internal interface ServerOperationHandler {
    /** INFO; [json] is the argument. */
    fun onInfo(json: String)

    /** MSG or HMSG. [frame] is the parser's own and holds for this call only, except the arrays that it is asked for. */
    fun onMessage(frame: MessageFrame)

    fun onPing()

    fun onPong()

    fun onOk()

    /** -ERR; [error] is the text without its quotes. */
    fun onError(error: String)
}
