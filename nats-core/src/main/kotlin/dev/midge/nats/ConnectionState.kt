package dev.midge.nats

/** Where a connection is in its life. */
public enum class ConnectionState {
    /** Not connected yet, or the last attempt failed; the next operation connects. */
    Idle,

    /** An attempt is under way; operations wait for it. */
    Connecting,

    /** Operations are sent to the server. */
    Connected,

    /** The connection to a server was lost; others are tried. */
    Reconnecting,

    /** Handing over what is under way; new subscriptions are refused. */
    Draining,

    /** Closed for good. */
    Closed,
}
