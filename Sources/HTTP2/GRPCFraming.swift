package import NIOCore
internal import Shares
internal import Synchronization

/// Headers, timeouts and message prefixes of gRPC over HTTP/2.
package enum GRPC {
    package static let contentType = "application/grpc+proto"

    /// A year: longer deadlines mean the same, and the clock's arithmetic stays in range.
    static let longest = Duration.seconds(31_536_000)

    /// Whether this content type is gRPC with protobuf messages.
    package static func accepts(contentType: String?) -> Bool {
        guard let contentType else { return false }
        return isUsual(contentType) || accepts(contentType: contentType.utf8)
    }

    static func accepts(contentType: some Collection<UInt8>) -> Bool {
        // Most types are no kind of gRPC.
        begins(contentType, Self.kind, whole: false)
            && (begins(contentType, Self.kind, whole: true)
                || begins(contentType, Self.contentType, whole: true))
    }

    /// Whether this content type is some kind of gRPC, such as gRPC-Web; `accepts` tells whether it
    /// is one that is spoken here.
    package static func claims(contentType: String?) -> Bool {
        contentType.map { isUsual($0) || begins($0.utf8, Self.kind, whole: false) } ?? false
    }

    /// Whether it is what clients send, letter by letter.
    private static func isUsual(_ contentType: String) -> Bool {
        contentType == kind || contentType == Self.contentType
    }

    private static let kind = "application/grpc"

    /// Whether a content type begins with a kind, in whatever case, and, when it is to be the whole
    /// type, has only parameters after it.
    private static func begins(
        _ contentType: some Collection<UInt8>, _ kind: String, whole: Bool
    ) -> Bool {
        var rest = contentType.makeIterator()
        for expected in kind.utf8 {
            guard let byte = rest.next() else { return false }
            let isCapital = (0x41...0x5A).contains(byte)
            guard byte == expected || isCapital && byte | 0x20 == expected else { return false }
        }
        guard whole, let next = rest.next() else { return true }
        return next == UInt8(ascii: ";") || next == 0x20 || next == 0x09
    }

    /// Parses `grpc-timeout`: at most 8 digits and a unit. Nil when it is malformed.
    package static func parse(timeout: String) -> Duration? {
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
    package static func format(timeout: Duration) -> String {
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

    /// Bytes of the prefix of a message.
    package static let prefixBytes = 5

    /// The message with its prefix, uncompressed: without a copy where there is room for it before
    /// the message, in memory that nobody else holds.
    package static func frame(_ message: consuming ByteBuffer) -> ByteBuffer {
        let count = message.readableBytes
        guard message.readerIndex >= prefixBytes else {
            var framed = prefix(count, capacity: prefixBytes + count)
            framed.writeImmutableBuffer(message)
            return framed
        }
        let start = message.readerIndex - prefixBytes
        message.moveReaderIndex(to: start)
        message.setInteger(UInt8(0), at: start)
        message.setInteger(UInt32(count), at: start + 1)
        return message
    }

    /// The prefix of an uncompressed message of so many bytes.
    static func prefix(_ count: Int, capacity: Int = prefixBytes) -> ByteBuffer {
        var prefix = ByteBufferAllocator().buffer(capacity: capacity)
        prefix.writeInteger(UInt8(0))
        prefix.writeInteger(UInt32(count))
        return prefix
    }
}

/// Turns the chunks of a gRPC body into messages. A value; it does no I/O.
///
/// It buffers at most one message and what arrived with it, and once a message was taken, no more
/// memory than a few times what is left: messages that were taken are counted by who has them.
package struct GRPCMessageReader: Sendable, Equatable {
    /// The most bytes of one message, without its prefix.
    package let maxMessageBytes: Int
    /// What a broken framing is called: to a server it is the caller's mistake, to a client, which
    /// cannot have made one, an internal error.
    let malformed: GRPCStatusCode
    private var pending = ByteBuffer()

    package init(maxMessageBytes: Int, malformed: GRPCStatusCode = .invalidArgument) {
        self.maxMessageBytes = maxMessageBytes
        self.malformed = malformed
    }

    /// A message has begun and not arrived whole.
    var isWithinMessage: Bool { pending.readableBytes > 0 }

    /// Adds bytes as they arrived.
    package mutating func append(_ chunk: ByteBuffer) {
        if pending.readableBytes == 0 {
            pending = chunk
            return
        }
        // What was read stands in front, in memory that messages may share.
        if pending.readerIndex > 0 { moveRest(toFit: chunk.readableBytes) }
        pending.writeImmutableBuffer(chunk)
    }

    /// Moves what is left into memory of its own, with room for `more` bytes.
    private mutating func moveRest(toFit more: Int = 0) {
        var rest = ByteBuffer()
        if pending.readableBytes + more > 0 {
            rest.reserveCapacity(pending.readableBytes + more)
            rest.writeImmutableBuffer(pending)
        }
        pending = rest
    }

    /// The next complete message, or nil when more bytes are needed.
    /// - Throws: `GRPCStatus` UNIMPLEMENTED for a compressed message, `malformed` for a bad flag,
    ///   RESOURCE_EXHAUSTED for one that is too large; before its bytes have arrived.
    package mutating func next() throws(GRPCStatus) -> ByteBuffer? {
        let start = pending.readerIndex
        guard let flag = pending.getInteger(at: start, as: UInt8.self) else { return nil }
        if flag == 1 { throw GRPCStatus(.unimplemented, "compressed messages are not supported") }
        if flag != 0 { throw GRPCStatus(malformed, "a message has an invalid flag") }
        guard let size = pending.getInteger(at: start + 1, as: UInt32.self) else { return nil }
        if Int(size) > maxMessageBytes {
            throw GRPCStatus(
                .resourceExhausted, "a message of \(size) bytes exceeds \(maxMessageBytes)")
        }
        guard pending.readableBytes >= 5 + Int(size) else { return nil }
        pending.moveReaderIndex(forwardBy: 5)
        let message = pending.readSlice(length: Int(size))
        // The start of the next message must not keep all of this one. By quarters, so that many
        // small messages in one chunk are not moved again for each of them.
        if pending.readableBytes < pending.storageCapacity / 4 { moveRest() }
        return message
    }

    /// Bytes of memory that it keeps.
    package var capacity: Int { pending.storageCapacity }

    /// Call at the end of the body.
    /// - Throws: `GRPCStatus` `malformed` when it ended within a message.
    package func finish() throws(GRPCStatus) {
        if pending.readableBytes > 0 {
            throw GRPCStatus(malformed, "the body ends within a message")
        }
    }
}

/// A message of a stream. Its bytes count as held by the request until the last copy is gone.
package struct GRPCMessage: Sendable {
    package let bytes: ByteBuffer
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
package struct GRPCMessages: AsyncSequence, Sendable {
    package typealias Element = GRPCMessage
    let body: Body
    let maxMessageBytes: Int
    var malformed = GRPCStatusCode.invalidArgument
    /// A server's: where the bytes of the body are counted.
    var memory: Holding?

    package struct Iterator: AsyncIteratorProtocol {
        var body: Body.Iterator
        var reader: GRPCMessageReader
        let memory: Holding?
        /// The body is one message, so that its end is waited for as well.
        var isSingle = false

        /// The next message without its prefix, or nil at the end.
        /// - Throws: `GRPCStatus` as `GRPCMessageReader`; `HTTP2Error` when the stream failed.
        package mutating func next() async throws -> GRPCMessage? {
            while true {
                if let message = try reader.next() { return GRPCMessage(message, memory) }
                guard let chunk = try await nextChunk() else {
                    try reader.finish()
                    return nil
                }
                reader.append(chunk)
            }
        }

        /// A call may be silent between its messages only.
        private mutating func nextChunk() async throws -> ByteBuffer? {
            let isOwed = isSingle || reader.isWithinMessage
            if isOwed { body.inbound.isOwed.store(true, ordering: .relaxed) }
            defer { if isOwed { body.inbound.isOwed.store(false, ordering: .relaxed) } }
            return try await body.next()
        }
    }

    package func makeAsyncIterator() -> Iterator {
        Iterator(
            body: body.makeAsyncIterator(),
            reader: GRPCMessageReader(maxMessageBytes: maxMessageBytes, malformed: malformed),
            memory: memory)
    }

    /// The only message of a unary exchange; its bytes stay counted as the request's.
    /// - Throws: as `next`, and `malformed` when there is not exactly one message.
    package func single() async throws -> ByteBuffer {
        var whole = self
        whole.memory = nil
        var messages = whole.makeAsyncIterator()
        messages.isSingle = true
        guard let message = try await messages.next() else {
            throw GRPCStatus(malformed, "a message was expected")
        }
        guard try await messages.next() == nil else {
            throw GRPCStatus(malformed, "only one message was expected")
        }
        return message.bytes
    }
}
