/// An HTTP/2 error code as it appears in RST_STREAM and GOAWAY frames (RFC 9113 §7).
public struct ErrorCode: RawRepresentable, Sendable, Hashable {
    public var rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    public static let noError = ErrorCode(rawValue: 0)
    public static let protocolError = ErrorCode(rawValue: 1)
    public static let internalError = ErrorCode(rawValue: 2)
    public static let flowControlError = ErrorCode(rawValue: 3)
    public static let refusedStream = ErrorCode(rawValue: 7)
    public static let cancel = ErrorCode(rawValue: 8)
    public static let enhanceYourCalm = ErrorCode(rawValue: 11)
    public static let http11Required = ErrorCode(rawValue: 13)
}

/// What went wrong with a stream, a connection, or an attempt to make one.
public struct HTTP2Error: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: Sendable, Hashable {
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

    public var code: Code
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { "\(code): \(message)" }

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
public struct BodyTooLarge: Error, Sendable, Hashable {
    /// The limit in bytes that was exceeded.
    public var limit: Int

    public init(limit: Int) {
        self.limit = limit
    }
}
