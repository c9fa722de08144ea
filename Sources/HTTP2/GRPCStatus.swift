internal import Hexadecimal

/// The status codes of gRPC.
package enum GRPCStatusCode: Int, Sendable, Hashable, CaseIterable {
    case ok = 0
    case cancelled = 1
    case unknown = 2
    case invalidArgument = 3
    case deadlineExceeded = 4
    case notFound = 5
    case alreadyExists = 6
    case permissionDenied = 7
    case resourceExhausted = 8
    case failedPrecondition = 9
    case aborted = 10
    case outOfRange = 11
    case unimplemented = 12
    case `internal` = 13
    case unavailable = 14
    case dataLoss = 15
    case unauthenticated = 16

    /// The HTTP status a JSON interface uses for this code (google.rpc.Code).
    package var httpStatus: Int {
        switch self {
        case .ok: 200
        case .cancelled: 499
        case .invalidArgument, .failedPrecondition, .outOfRange: 400
        case .deadlineExceeded: 504
        case .notFound: 404
        case .alreadyExists, .aborted: 409
        case .permissionDenied: 403
        case .resourceExhausted: 429
        case .unimplemented: 501
        case .unavailable: 503
        case .unauthenticated: 401
        case .unknown, .internal, .dataLoss: 500
        }
    }

    /// The code of a response that is no gRPC at all (gRPC's http-grpc-status-mapping).
    package init(httpStatus: Int) {
        switch httpStatus {
        case 400: self = .internal
        case 401: self = .unauthenticated
        case 403: self = .permissionDenied
        case 404: self = .unimplemented
        case 429, 502, 503, 504: self = .unavailable
        default: self = .unknown
        }
    }

    /// The code of a stream that was reset (gRPC over HTTP/2, "Errors").
    package init(reset code: ErrorCode) {
        switch code {
        case .refusedStream: self = .unavailable
        case .cancel: self = .cancelled
        case .enhanceYourCalm: self = .resourceExhausted
        case ErrorCode(rawValue: 12): self = .permissionDenied
        default: self = .internal
        }
    }
}

/// The outcome of a gRPC call. Thrown by clients when it is not OK.
package struct GRPCStatus: Error, Sendable, Hashable {
    package var code: GRPCStatusCode
    package var message: String
    /// A serialized google.rpc.Status, if any.
    package var details: [UInt8]?
    /// Why there was no answer, when the status is this side's own. `refused` and `connectFailed`
    /// mean that the server did nothing.
    package var transport: HTTP2Error?

    package init(_ code: GRPCStatusCode, _ message: String = "", details: [UInt8]? = nil) {
        self.code = code
        self.message = message
        self.details = details
    }

    package static let ok = GRPCStatus(.ok)

    /// What a failure means to a gRPC caller. A status stays itself.
    package init(_ error: any Error) {
        switch error {
        case let status as GRPCStatus: self = status
        case is CancellationError: self.init(.cancelled, "cancelled")
        case let error as BodyTooLarge:
            self.init(.resourceExhausted, "the message exceeds \(error.limit) bytes")
        case let error as HTTP2Error: self.init(error)
        default: self.init(.unknown, "\(type(of: error))")
        }
    }

    private init(_ error: HTTP2Error) {
        switch error.code {
        case .connectFailed, .connectionClosed, .refused: self.init(.unavailable, error.message)
        case .queueFull, .overloaded: self.init(.resourceExhausted, error.message)
        case .deadlineExceeded: self.init(.deadlineExceeded, error.message)
        case .streamReset(let code): self.init(GRPCStatusCode(reset: code), error.message)
        case .malformed, .alreadyFinished: self.init(.internal, error.message)
        }
        transport = error
    }

    // MARK: Trailers

    /// The trailers that carry this status, after `metadata`.
    package func trailers(_ metadata: Headers = Headers()) -> Headers {
        var trailers = metadata
        trailers.add("grpc-status", String(code.rawValue))
        if !message.isEmpty {
            trailers.add("grpc-message", PercentCoding.encode(String(message.prefix(1_024))))
        }
        // Peers refuse long header blocks, and with them the status; details are worth less.
        if let details, details.count <= GRPCStatus.maxDetailBytes {
            trailers.add("grpc-status-details-bin", Base64.encode(details))
        }
        return trailers
    }

    private static let maxDetailBytes = 4_096

    /// Reads a status from trailers; nil when they carry none.
    package init?(trailers: Headers) {
        guard let text = trailers["grpc-status"] else { return nil }
        let code = Int(text).flatMap { GRPCStatusCode(rawValue: $0) } ?? .unknown
        self.init(
            code, trailers["grpc-message"].map { PercentCoding.decode($0) } ?? "",
            details: trailers["grpc-status-details-bin"].flatMap { Base64.decode($0) })
    }
}

/// The percent-encoding of `grpc-message`: printable ASCII but `%` stays as it is.
enum PercentCoding {
    static func encode(_ text: String) -> String {
        let plain: (UInt8) -> Bool = { $0 >= 0x20 && $0 <= 0x7E && $0 != UInt8(ascii: "%") }
        // White space at the ends would be lost in a header value, so it is encoded as well.
        let bytes = Array(text.utf8)
        let isTrimmed = bytes.first != 0x20 && bytes.last != 0x20
        if isTrimmed && bytes.allSatisfy(plain) { return text }
        var result: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            let isEdge = (index == 0 || index == bytes.count - 1) && byte == 0x20
            if plain(byte) && !isEdge {
                result.append(byte)
            } else {
                result += "%\(hexadecimal(CollectionOfOne(byte)).uppercased())".utf8
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Never fails: a broken escape stays as it is, as the gRPC specification asks.
    static func decode(_ text: String) -> String {
        let bytes = Array(text.utf8)
        guard bytes.contains(UInt8(ascii: "%")) else { return text }
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let high = hexadecimalValue(of: bytes[index + 1]),
                let low = hexadecimalValue(of: bytes[index + 2])
            {
                result.append(high << 4 | low)
                index += 3
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

/// The base64 of binary metadata: written without padding, read with or without.
enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var result: [UInt8] = []
        result.reserveCapacity((bytes.count * 4 + 2) / 3)
        var bits: UInt32 = 0
        var held = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            held += 8
            while held >= 6 {
                held -= 6
                result.append(alphabet[Int(bits >> UInt32(held) & 63)])
            }
        }
        if held > 0 { result.append(alphabet[Int(bits << UInt32(6 - held) & 63)]) }
        return String(decoding: result, as: UTF8.self)
    }

    static func decode(_ text: String) -> [UInt8]? {
        var digits = Substring(text)
        while digits.last == "=" { digits.removeLast() }
        guard digits.utf8.count % 4 != 1 else { return nil }
        var result: [UInt8] = []
        var bits: UInt32 = 0
        var held = 0
        for character in digits.utf8 {
            guard let value = value(character) else { return nil }
            bits = bits << 6 | value
            held += 6
            if held >= 8 {
                held -= 8
                result.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
            }
        }
        return result
    }

    private static func value(_ character: UInt8) -> UInt32? {
        switch character {
        case 0x41...0x5A: UInt32(character) - 0x41
        case 0x61...0x7A: UInt32(character) - 0x61 + 26
        case 0x30...0x39: UInt32(character) - 0x30 + 52
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
