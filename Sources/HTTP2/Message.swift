package import NIOCore
package import Shares

/// The body of a message: chunks as they arrive. Read it from one task at a time.
///
/// The peer may send only as much more as was taken from here, so a slow reader slows the peer.
package struct Body: AsyncSequence, Sendable {
    package typealias Element = ByteBuffer
    let inbound: InboundBody

    package struct Iterator: AsyncIteratorProtocol {
        let inbound: InboundBody

        /// The next bytes (never empty), or nil at the end.
        /// - Throws: `HTTP2Error` when the stream or connection failed; `CancellationError`.
        package mutating func next() async throws -> ByteBuffer? {
            try await inbound.next()
        }
    }

    package func makeAsyncIterator() -> Iterator {
        Iterator(inbound: inbound)
    }

    /// The whole rest of the body.
    /// - Parameter limit: the most bytes to accept.
    /// - Throws: `BodyTooLarge` as soon as the limit is passed; otherwise as `next`.
    package func collect(upTo limit: Int) async throws -> ByteBuffer {
        guard var whole = try await inbound.next() else { return ByteBuffer() }
        if whole.readableBytes > limit { throw BodyTooLarge(limit: limit) }
        while var chunk = try await inbound.next() {
            if whole.readableBytes + chunk.readableBytes > limit {
                throw BodyTooLarge(limit: limit)
            }
            whole.writeBuffer(&chunk)
        }
        return whole
    }
}

/// A request as its handler sees it.
package struct Request: Sendable {
    package let head: RequestHead
    /// The verified TLS client, or nil when it presented no certificate.
    package let peer: PeerIdentity?
    package let body: Body
    /// What the request holds in memory: its head, what has arrived of its body, and what its
    /// handler adds. Given back when the handler has ended and the stream is closed.
    package let memory: Holding
    /// What its owner's connections use together.
    package let share: OwnerShare
    let face: StreamFace

    /// The trailers, complete once `body` has ended.
    package var trailers: Headers { face.inbound.trailers }

    /// Lets the peer send as much of this body ahead as half the window of its connection, instead
    /// of the window of a stream: large bodies then cross long distances fast. What may be buffered
    /// for the connection stays the same.
    package func widenBody() {
        face.port.post(.widen(face.id))
    }

    /// Waits until this answer may be made: few others of the connection are in the making, and
    /// the peer has taken what was made before. Runs `body` then.
    ///
    /// - Parameter isList: lists are made one at a time, and only while their owner has room for
    ///   what they become.
    /// - Throws: `HTTP2Error` when the connection has ended or there is no room,
    ///   `CancellationError`, and what `body` throws.
    package func inTurn<Value>(
        isList: Bool, _ body: () async throws -> Value
    ) async throws -> Value {
        try await (isList ? face.port.lists : face.port.lookups).pass {
            try await face.port.waitUntilTaken(face.id)
            return try await share.reads.pass {
                let bytes = isList ? share.memory.perList : 0
                guard share.output.room >= bytes else {
                    throw HTTP2Error.overloaded
                }
                do {
                    try memory.grow(by: bytes)
                } catch {
                    throw HTTP2Error.overloaded
                }
                defer { memory.shrink(by: bytes) }
                return try await body()
            }
        }
    }

    /// Exempts this request from `Limits.bodyTimeout`, for streams meant to be quiet for long.
    package func allowIdleBody() {
        face.port.post(.allowIdleBody(face.id))
    }
}

/// Answers requests. One call per request, each in its own task.
///
/// The task is cancelled when the peer resets the stream or the connection ends. A handler that
/// returns without finishing the response causes a 500, or a reset when the head was already sent.
package protocol RequestHandler: Sendable {
    func handle(_ request: Request, _ response: Response) async
}
