public import NIOCore
internal import Shares

/// Headers, timeouts and message prefixes of gRPC over HTTP/2.
public enum GRPC {
    public static let contentType = "application/grpc+proto"

    /// A year: longer deadlines mean the same, and the clock's arithmetic stays in range.
    static let longest = Duration.seconds(31_536_000)

    /// Whether this content type is gRPC with protobuf messages.
    public static func accepts(contentType: String?) -> Bool {
        guard let contentType else { return false }
        return isKind(contentType, "application/grpc") || isKind(contentType, Self.contentType)
    }

    /// Whether a content type is of a kind, whatever its case and parameters.
    private static func isKind(_ contentType: String, _ kind: String) -> Bool {
        var rest = contentType.utf8.makeIterator()
        for expected in kind.utf8 {
            guard let byte = rest.next() else { return false }
            let isCapital = (0x41...0x5A).contains(byte)
            guard byte == expected || isCapital && byte | 0x20 == expected else { return false }
        }
        let next = rest.next()
        return next == nil || next == UInt8(ascii: ";")
    }

    /// Parses `grpc-timeout`: at most 8 digits and a unit. Nil when it is malformed.
    public static func parse(timeout: String) -> Duration? {
        let digits = timeout.utf8.dropLast()
        guard (1...8).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
            let amount = Int64(timeout.dropLast())
        else { return nil }
        switch timeout.utf8.last {
        case UInt8(ascii: "H"): return .seconds(amount * 3600)
        case UInt8(ascii: "M"): return .seconds(amount * 60)
        case UInt8(ascii: "S"): return .seconds(amount)
        case UInt8(ascii: "m"): return .milliseconds(amount)
        case UInt8(ascii: "u"): return .microseconds(amount)
        case UInt8(ascii: "n"): return .nanoseconds(amount)
        default: return nil
        }
    }

    /// Formats `grpc-timeout` in the finest unit that fits 8 digits, rounded up, so that the server
    /// never gives up before the client does. A negative timeout is 0.
    public static func format(timeout: Duration) -> String {
        let (seconds, attoseconds) = timeout.components
        if seconds < 0 || attoseconds < 0 { return "0n" }
        let perUnit: [(Character, Int64)] = [
            ("n", 1), ("u", 1000), ("m", 1_000_000), ("S", 1_000_000_000),
        ]
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if !overflow {
            let nanoseconds = whole.addingReportingOverflow(
                (attoseconds + 999_999_999) / 1_000_000_000)
            for (unit, size) in perUnit where !nanoseconds.overflow {
                let amount = nanoseconds.partialValue / size
                let rounded = nanoseconds.partialValue % size == 0 ? amount : amount + 1
                if rounded < 100_000_000 { return "\(rounded)\(unit)" }
            }
        }
        return seconds / 3600 < 99_999_999 ? "\(seconds / 3600 + 1)H" : "99999999H"
    }

    /// The message with its 5-byte prefix, uncompressed.
    public static func frame(_ message: ByteBuffer) -> ByteBuffer {
        var framed = prefix(message.readableBytes, capacity: message.readableBytes + 5)
        framed.writeImmutableBuffer(message)
        return framed
    }

    /// The prefix of an uncompressed message of so many bytes.
    static func prefix(_ count: Int, capacity: Int = 5) -> ByteBuffer {
        var prefix = ByteBufferAllocator().buffer(capacity: capacity)
        prefix.writeInteger(UInt8(0))
        prefix.writeInteger(UInt32(count))
        return prefix
    }
}

/// Turns the chunks of a gRPC body into messages. A value; it does no I/O.
///
/// It buffers at most one message and what arrived with it.
public struct GRPCMessageReader: Sendable, Equatable {
    /// The most bytes of one message, without its prefix.
    public let maxMessageBytes: Int
    private var pending = ByteBuffer()

    public init(maxMessageBytes: Int) {
        self.maxMessageBytes = maxMessageBytes
    }

    /// Adds bytes as they arrived.
    public mutating func append(_ chunk: ByteBuffer) {
        if pending.readableBytes == 0 {
            pending = chunk
        } else {
            pending.discardReadBytes()
            pending.writeImmutableBuffer(chunk)
        }
    }

    /// The next complete message, or nil when more bytes are needed.
    /// - Throws: `GRPCStatus` UNIMPLEMENTED for a compressed message, INTERNAL for a bad flag,
    ///   RESOURCE_EXHAUSTED for one that is too large; before its bytes have arrived.
    public mutating func next() throws(GRPCStatus) -> ByteBuffer? {
        let start = pending.readerIndex
        guard let flag = pending.getInteger(at: start, as: UInt8.self) else { return nil }
        if flag == 1 { throw GRPCStatus(.unimplemented, "compressed messages are not supported") }
        if flag != 0 { throw GRPCStatus(.internal, "a message has an invalid flag") }
        guard let size = pending.getInteger(at: start + 1, as: UInt32.self) else { return nil }
        if Int(size) > maxMessageBytes {
            throw GRPCStatus(
                .resourceExhausted, "a message of \(size) bytes exceeds \(maxMessageBytes)")
        }
        guard pending.readableBytes >= 5 + Int(size) else { return nil }
        pending.moveReaderIndex(forwardBy: 5)
        return pending.readSlice(length: Int(size))
    }

    /// Call at the end of the body.
    /// - Throws: `GRPCStatus` INTERNAL when it ended within a message.
    public func finish() throws(GRPCStatus) {
        if pending.readableBytes > 0 {
            throw GRPCStatus(.internal, "the body ends within a message")
        }
    }
}

/// A message of a stream. Its bytes count as held by the request until the last copy is gone.
public struct GRPCMessage: Sendable {
    public let bytes: ByteBuffer
    private let memory: MessageMemory?

    init(_ bytes: ByteBuffer, _ memory: Holding?) {
        self.bytes = bytes
        self.memory = memory.map { MessageMemory($0, bytes.readableBytes + 5) }
    }

    private final class MessageMemory: Sendable {
        private let memory: Holding
        private let count: Int

        init(_ memory: Holding, _ count: Int) {
            self.memory = memory
            self.count = count
        }

        deinit { memory.shrink(by: count) }
    }
}

/// The messages of a gRPC body, in order. Read it from one task at a time.
public struct GRPCMessages: AsyncSequence, Sendable {
    public typealias Element = GRPCMessage
    let body: Body
    let maxMessageBytes: Int
    /// A server's: where the bytes of the body are counted.
    var memory: Holding?

    public struct Iterator: AsyncIteratorProtocol {
        var body: Body.Iterator
        var reader: GRPCMessageReader
        let memory: Holding?

        /// The next message without its prefix, or nil at the end.
        /// - Throws: `GRPCStatus` as `GRPCMessageReader`; `HTTP2Error` when the stream failed.
        public mutating func next() async throws -> GRPCMessage? {
            while true {
                if let message = try reader.next() { return GRPCMessage(message, memory) }
                guard let chunk = try await body.next() else {
                    try reader.finish()
                    return nil
                }
                reader.append(chunk)
            }
        }
    }

    public func makeAsyncIterator() -> Iterator {
        Iterator(
            body: body.makeAsyncIterator(),
            reader: GRPCMessageReader(maxMessageBytes: maxMessageBytes), memory: memory)
    }

    /// The only message of a unary exchange; its bytes stay counted as the request's.
    /// - Throws: as `next`, and INTERNAL when there is not exactly one message.
    public func single() async throws -> ByteBuffer {
        var whole = self
        whole.memory = nil
        var messages = whole.makeAsyncIterator()
        guard let message = try await messages.next() else {
            throw GRPCStatus(.internal, "a message was expected")
        }
        guard try await messages.next() == nil else {
            throw GRPCStatus(.internal, "only one message was expected")
        }
        return message.bytes
    }
}
