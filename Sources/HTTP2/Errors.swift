/// An HTTP/2 error code as it appears in RST_STREAM and GOAWAY frames (RFC 9113 §7).
package struct ErrorCode: RawRepresentable, Sendable, Hashable {
    package var rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let noError = ErrorCode(rawValue: 0)
    package static let protocolError = ErrorCode(rawValue: 1)
    package static let internalError = ErrorCode(rawValue: 2)
    package static let flowControlError = ErrorCode(rawValue: 3)
    package static let streamClosed = ErrorCode(rawValue: 5)
    package static let refusedStream = ErrorCode(rawValue: 7)
    package static let cancel = ErrorCode(rawValue: 8)
    package static let enhanceYourCalm = ErrorCode(rawValue: 11)
    package static let http11Required = ErrorCode(rawValue: 13)
}

/// What went wrong with a stream, a connection, or an attempt to make one.
package struct HTTP2Error: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Code: Sendable, Hashable {
        /// The TCP connection, TLS handshake or HTTP/2 preface failed.
        case connectFailed
        /// The connection ended before the stream did.
        case connectionClosed
        /// The peer, or this side, reset the stream with this code.
        case streamReset(ErrorCode)
        /// The peer is going away or gone; the request was not processed and may be sent again.
        case refused
        /// Too many requests already wait for a free stream on this connection.
        case queueFull
        /// The caller's deadline passed.
        case deadlineExceeded
        /// The peer sent something that makes no sense here.
        case malformed
        /// The stream was already finished by this side.
        case alreadyFinished
        /// The caller's requests, or everybody's, hold as much memory as they may.
        case overloaded
    }

    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { "\(code): \(message)" }

    package static let closed = HTTP2Error(.connectionClosed, "the connection is closed")
    static let overloaded = HTTP2Error(
        .overloaded, "requests hold as much memory as they may; send fewer at a time")
    static let unsent = HTTP2Error(.refused, "the connection has ended; nothing was sent")

    static func reset(_ code: ErrorCode) -> HTTP2Error {
        if code == .refusedStream {
            return HTTP2Error(.refused, "the peer refused the stream before processing it")
        }
        return HTTP2Error(.streamReset(code), "the stream was reset with code \(code.rawValue)")
    }
}

/// The body was larger than the caller agreed to collect.
package struct BodyTooLarge: Error, Sendable, Hashable {
    /// The limit in bytes that was exceeded.
    package var limit: Int

    package init(limit: Int) {
        self.limit = limit
    }
}
