package import NIOCore

/// Every bound of a connection. Times are from the event loop's monotonic clock.
package struct Limits: Sendable {
    /// Streams a peer may have open at once (SETTINGS_MAX_CONCURRENT_STREAMS). For a client: how
    /// many it opens at most, whatever more the server allows.
    package var maxConcurrentStreams = 256
    /// Requests a client lets wait for a free stream before it refuses more.
    package var maxQueuedRequests = 1024
    /// Bytes of a decoded header list, counted with 32 octets per field (RFC 9113 §6.5.2).
    package var maxHeaderListBytes = 16_384
    package var maxHeaderCount = 100
    /// Flow-control window per stream, bytes: the most that is buffered of an unread body.
    package var streamWindow = 65_535
    /// Flow-control window per connection, bytes.
    package var connectionWindow = 1_048_576
    /// Output bytes buffered per stream before `write` suspends.
    package var maxStreamOutput = 65_536
    /// A client's: bytes that its kernel holds of a connection before the network takes any of
    /// them; nil for as many as the kernel likes.
    package var unsentBytes: Int?
    /// Output bytes buffered per connection before `write` and `send` suspend.
    package var maxConnectionOutput = 4_194_304
    /// The same for a server's connection whose owner has no more room; see ``MemoryBounds``.
    package var minConnectionOutput = 65_536
    /// Bytes of a response that a client's `request` collects.
    package var maxResponseBytes = 16_777_216
    /// A connection without streams for this long is closed.
    package var idleTimeout: TimeAmount = .seconds(120)
    /// TLS handshake and HTTP/2 preface must be complete within this time.
    package var handshakeTimeout: TimeAmount = .seconds(10)
    /// A request whose expected body bytes do not arrive for this long is answered 408, a gRPC call
    /// DEADLINE_EXCEEDED. A streaming call may be silent between its messages, not within one.
    package var bodyTimeout: TimeAmount = .seconds(30)
    /// Bytes of a body that a server takes and drops once its answer is out; see ``Partings``.
    package var maxDroppedBody = 1_048_576
    /// How long such a body may be silent before its stream is reset. It comes to its end within
    /// `bodyTimeout` in any case.
    package var partingSilence: TimeAmount = .seconds(2)
    /// A peer whose windows let none of a stream's waiting output out for this long loses the
    /// stream.
    package var writeTimeout: TimeAmount = .seconds(30)
    /// A peer whose system has acknowledged less than 16 KiB of what fills its socket for this long
    /// loses the connection. Longer: a system makes room in large steps, which slow readers reach
    /// late.
    package var socketTimeout: TimeAmount = .seconds(120)
    /// How long a server that has finished a connection waits for the peer to close it too.
    package var lingerTimeout: TimeAmount = .seconds(1)
    /// Stream resets (by the peer, or by us for its fault) tolerated at once, and per second.
    package var resetBurst = 600
    package var resetsPerSecond = 50
    /// Frames that cost a peer next to nothing, such as PING, WINDOW_UPDATE and frames on streams
    /// that
    /// are over, tolerated at once, and per second. Each request and each DATA frame that goes out
    /// gives some back, so that a busy peer never runs short.
    package var cheapFrameBurst = 2_000
    package var cheapFramesPerSecond = 200
    /// Unsent PING and SETTINGS acknowledgements a peer may cause.
    package var maxOutboundAcknowledgements = 200
    /// Other frames a peer may cause to wait before its connection is closed.
    package var maxQueuedFrames = 4096
    /// CONTINUATION frames accepted in one header block.
    package var maxContinuations = 8

    package init() {}

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
        precondition(maxDroppedBody >= 0 && partingSilence > .zero)
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
package struct Counters: Sendable, Hashable {
    package var connectionsAccepted = 0
    package var connectionsOpen = 0
    /// Connections that were refused a place or lost it to another, for all reasons together.
    package var connectionsRefused = 0
    /// As of now: connections whose handshake is under way, those of unknown callers, and how many
    /// owners have any.
    package var connectionsHandshaking = 0
    package var connectionsAnonymous = 0
    package var connectionOwners = 0
    /// Refused because every place was taken.
    package var connectionsRefusedFull = 0
    /// Handshakes dropped for newer ones.
    package var connectionsDroppedHandshaking = 0
    /// Unknown callers dropped for newer ones.
    package var connectionsDroppedAnonymous = 0
    /// Refused because their owner has his share.
    package var connectionsRefusedShare = 0
    /// Taken from an owner with many for one with fewer.
    package var connectionsDisplaced = 0
    /// As of now: bytes that requests hold, and bytes of answers that wait to be sent.
    package var requestBytes = 0
    package var outputBytes = 0
    /// Requests, or parts of them, for which there was no memory.
    package var memoryRefusals = 0
    /// TLS handshakes that failed: no common protocol, no trust, no patience.
    package var handshakesFailed = 0
    /// Open connections that ended because their certificate was not believed any more.
    package var certificatesEnded = 0
    package var requestsStarted = 0
    package var requestsFinished = 0
    package var streamsReset = 0
    package var protocolErrors = 0
    package var timeouts = 0
    package var bytesReceived = 0
    package var bytesSent = 0
}
