public import NIOCore

/// Every bound of a connection. Times are from the event loop's monotonic clock.
public struct Limits: Sendable {
    /// Streams a peer may have open at once (SETTINGS_MAX_CONCURRENT_STREAMS). For a client: how
    /// many it opens at most, whatever more the server allows.
    public var maxConcurrentStreams = 256
    /// Requests a client lets wait for a free stream before it refuses more.
    public var maxQueuedRequests = 1024
    /// Bytes of a decoded header list, counted with 32 octets per field (RFC 9113 §6.5.2).
    public var maxHeaderListBytes = 16_384
    public var maxHeaderCount = 100
    /// Flow-control window per stream, bytes: the most that is buffered of an unread body.
    public var streamWindow = 65_535
    /// Flow-control window per connection, bytes.
    public var connectionWindow = 1_048_576
    /// Output bytes buffered per stream before `write` suspends.
    public var maxStreamOutput = 65_536
    /// Output bytes buffered per connection before `write` and `send` suspend.
    public var maxConnectionOutput = 4_194_304
    /// The same for a server's connection whose owner has no more room; see ``MemoryBounds``.
    public var minConnectionOutput = 65_536
    /// Bytes of a response that a client's `request` collects.
    public var maxResponseBytes = 16_777_216
    /// A connection without streams for this long is closed.
    public var idleTimeout: TimeAmount = .seconds(120)
    /// TLS handshake and HTTP/2 preface must be complete within this time.
    public var handshakeTimeout: TimeAmount = .seconds(10)
    /// A request whose expected body bytes do not arrive for this long is answered 408, a gRPC call
    /// DEADLINE_EXCEEDED. A streaming call may be silent between its messages, not within one.
    public var bodyTimeout: TimeAmount = .seconds(30)
    /// A peer that accepts none of our waiting output for this long loses the stream, or, when its
    /// socket is full, the connection.
    public var writeTimeout: TimeAmount = .seconds(30)
    /// How long a server that has finished a connection waits for the peer to close it too.
    public var lingerTimeout: TimeAmount = .seconds(1)
    /// Stream resets (by the peer, or by us for its fault) tolerated at once, and per second.
    public var resetBurst = 600
    public var resetsPerSecond = 50
    /// Frames that cost a peer next to nothing, such as PING, WINDOW_UPDATE and frames on streams
    /// that
    /// are over, tolerated at once, and per second. Each request and each DATA frame that goes out
    /// gives some back, so that a busy peer never runs short.
    public var cheapFrameBurst = 2_000
    public var cheapFramesPerSecond = 200
    /// Unsent PING and SETTINGS acknowledgements a peer may cause.
    public var maxOutboundAcknowledgements = 200
    /// Other frames a peer may cause to wait before its connection is closed.
    public var maxQueuedFrames = 4096
    /// CONTINUATION frames accepted in one header block.
    public var maxContinuations = 8

    public init() {}

    /// Consumed bytes a stream may keep to itself before it reports them, so that a small body
    /// costs no message between threads. All streams together withhold at most a quarter of the
    /// connection's window, so the peer can never be starved by it.
    var creditThreshold: Int {
        max(1, min(4096, connectionWindow / (4 * max(1, maxConcurrentStreams)), streamWindow / 2))
    }

    func check() {
        precondition(maxConcurrentStreams > 0 && maxHeaderListBytes > 0 && maxHeaderCount > 0)
        precondition(streamWindow > 0 && streamWindow <= Int(Int32.max))
        precondition(connectionWindow >= 65_535 && connectionWindow <= Int(Int32.max))
        precondition(maxStreamOutput > 0 && maxConnectionOutput > 0)
        precondition(resetBurst > 0 && resetsPerSecond >= 0 && maxQueuedFrames > 0)
        precondition(cheapFrameBurst > 0 && cheapFramesPerSecond >= 0)
    }

    func session(isServer: Bool) -> SessionSettings {
        SessionSettings(
            isServer: isServer,
            maxConcurrentStreams: UInt32(maxConcurrentStreams),
            streamWindow: UInt32(streamWindow),
            connectionWindow: UInt32(connectionWindow),
            maxHeaderListBytes: UInt32(maxHeaderListBytes),
            maxOutboundAcknowledgements: maxOutboundAcknowledgements,
            maxContinuations: maxContinuations,
            // Only a backstop: the library would end the connection with INTERNAL_ERROR.
            resetBurst: UInt64(resetBurst + cheapFrameBurst) * 2,
            resetsPerSecond: UInt64(resetsPerSecond + cheapFramesPerSecond) * 2)
    }
}

/// What a server or client has counted since it started.
public struct Counters: Sendable, Hashable {
    public var connectionsAccepted = 0
    public var connectionsOpen = 0
    /// Connections that were refused a place or lost it to another, for all reasons together.
    public var connectionsRefused = 0
    /// As of now: connections whose handshake is under way, those of unknown callers, and how many
    /// owners have any.
    public var connectionsHandshaking = 0
    public var connectionsAnonymous = 0
    public var connectionOwners = 0
    /// Refused because every place was taken.
    public var connectionsRefusedFull = 0
    /// Handshakes dropped for newer ones.
    public var connectionsDroppedHandshaking = 0
    /// Unknown callers dropped for newer ones.
    public var connectionsDroppedAnonymous = 0
    /// Refused because their owner has his share.
    public var connectionsRefusedShare = 0
    /// Taken from an owner with many for one with fewer.
    public var connectionsDisplaced = 0
    /// As of now: bytes that requests hold, and bytes of answers that wait to be sent.
    public var requestBytes = 0
    public var outputBytes = 0
    /// Requests, or parts of them, for which there was no memory.
    public var memoryRefusals = 0
    /// TLS handshakes that failed: no common protocol, no trust, no patience.
    public var handshakesFailed = 0
    /// Open connections that ended because their certificate was not believed any more.
    public var certificatesEnded = 0
    public var requestsStarted = 0
    public var requestsFinished = 0
    public var streamsReset = 0
    public var protocolErrors = 0
    public var timeouts = 0
    public var bytesReceived = 0
    public var bytesSent = 0
}
