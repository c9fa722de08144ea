internal import Consensus
internal import Domain
package import NIOCore
package import Node
internal import Shares

/// What travels on a stream between two nodes: each frame is a message of gRPC's framing, a kind
/// (1 byte) and its fields, little-endian.
package enum PeerFrame: Sendable {
    /// Opens a stream: who speaks.
    case hello(PeerIdentification, ledgerRules: UInt16)
    /// The stream is open.
    case welcome
    case message(PeerMessage)
    /// Asks for the time of day; comes back with it, and with whether who answers has room for
    /// entries with commands.
    case ping(UInt64)
    case pong(UInt64, wall: Int64, hasRoom: Bool)

    /// The most bytes of one: a batch of the largest size with what stands around it.
    package static let maximumBytes = Limits.bytesPerBatch + (1 << 20)
    private static let version: UInt8 = 2
}

/// Bytes that are no frame of ours.
package struct PeerFrameError: Error, CustomStringConvertible {
    package let description: String

    static let malformed = PeerFrameError(description: "a frame that no node of ours sends")
}

// MARK: Writing

extension PeerFrame {
    /// Appends the frame with its length before it.
    package func write(into buffer: inout ByteBuffer) {
        PeerFrame.write(into: &buffer) { writeBody(into: &$0) }
    }

    /// The frame without its length, as ``init(_:)`` reads it.
    var body: ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(roughSize + 64)
        writeBody(into: &buffer)
        return buffer
    }

    /// Appends a part of a frame that is too long to be sent at once.
    static func write(part: ByteBuffer, isLast: Bool, into buffer: inout ByteBuffer) {
        write(into: &buffer) {
            $0.put(UInt8(8))
            $0.put(UInt8(isLast ? 1 : 0))
            $0.writeImmutableBuffer(part)
        }
    }

    private static func write(
        into buffer: inout ByteBuffer, _ body: (inout ByteBuffer) -> Void
    ) {
        buffer.writeInteger(UInt8(0))
        let place = buffer.writerIndex
        buffer.writeInteger(UInt32(0))
        body(&buffer)
        buffer.setInteger(UInt32(buffer.writerIndex - place - 4), at: place)
    }

    private func writeBody(into buffer: inout ByteBuffer) {
        switch self {
        case .hello(let who, let rules):
            buffer.put(UInt8(1))
            buffer.put(PeerFrame.version)
            buffer.put(text: who.name.cluster.description)
            buffer.put(who.name.number)
            buffer.put(who.rules.lowerBound)
            buffer.put(who.rules.upperBound)
            buffer.put(rules)
        case .welcome: buffer.put(UInt8(2))
        case .message(.consensus(let message)):
            buffer.put(UInt8(3))
            buffer.put(message)
        case .message(.submission(let forwarded)):
            buffer.put(UInt8(4))
            buffer.put(forwarded)
        case .message(.reply(let reply)):
            buffer.put(UInt8(5))
            buffer.put(reply)
        case .ping(let time):
            buffer.put(UInt8(6))
            buffer.put(time)
        case .pong(let time, let wall, let hasRoom):
            buffer.put(UInt8(7))
            buffer.put(time)
            buffer.put(wall)
            buffer.put(UInt8(hasRoom ? 1 : 0))
        }
    }
}

extension ByteBuffer {
    fileprivate mutating func put(_ value: some FixedWidthInteger) {
        writeInteger(value, endianness: .little)
    }

    fileprivate mutating func put(bytes: [UInt8]) {
        put(UInt32(bytes.count))
        writeBytes(bytes)
    }

    fileprivate mutating func put(text: String) { put(bytes: Array(text.utf8)) }

    /// A snapshot has no form: the log is never cut.
    fileprivate mutating func put(_ message: Message) {
        put(message.kind.rawValue)
        put(UInt8(message.isRejected ? 1 : 0))
        put(message.from)
        put(message.to)
        put(message.term)
        put(message.logTerm)
        put(message.index)
        put(message.commit)
        put(message.hint)
        put(bytes: message.context)
        put(UInt32(message.entries.count))
        for entry in message.entries {
            put(entry.term)
            put(entry.index)
            put(entry.kind.rawValue)
            put(bytes: entry.data)
        }
    }

    fileprivate mutating func put(_ forwarded: ForwardedSubmission) {
        put(forwarded.term)
        put(forwarded.ticket)
        put(forwarded.life)
        put(forwarded.patience)
        put(text: forwarded.owner.name)
        let key = forwarded.commands.hashedWith
        put(UInt8(key == nil ? 0 : key == ContentKey.none ? 1 : 2))
        key?.withBytes { _ = writeBytes($0) }
        put(bytes: Batch(packed: [forwarded.commands], timestamp: 1).bytes)
        put(bytes: forwarded.commands.contents)
    }

    fileprivate mutating func put(_ reply: ForwardReply) {
        put(reply.ticket)
        put(reply.life)
        switch reply.fate {
        case .placed(let id, let first, let recorded):
            put(UInt8(1))
            put(id.term)
            put(id.index)
            put(UInt32(first))
            put(recorded)
        case .recorded(let recorded, let index):
            put(UInt8(2))
            put(index)
            put(recorded)
        case .refused(let failure):
            put(UInt8(3))
            put(failure.code)
        }
    }

    private mutating func put(_ recorded: [RecordedOutcome]) {
        put(UInt32(recorded.count))
        for outcome in recorded {
            put(UInt32(outcome.position))
            var bytes: [UInt8] = []
            outcome.outcome.encode(into: &bytes)
            writeBytes(bytes)
        }
    }
}

// MARK: Reading

extension PeerFrame {
    /// What is in these bytes of a frame that comes in parts; nil when they are a whole one.
    static func part(
        _ bytes: ByteBuffer
    ) throws(PeerFrameError) -> (bytes: ByteBuffer, isLast: Bool)? {
        guard bytes.getInteger(at: bytes.readerIndex, as: UInt8.self) == 8 else { return nil }
        var rest = bytes
        guard let head = rest.readBytes(length: 2), head[1] <= 1, rest.readableBytes > 0 else {
            throw .malformed
        }
        return (rest, head[1] == 1)
    }

    /// Reads a frame without its length.
    ///
    /// - Throws: ``PeerFrameError``.
    package init(_ bytes: ByteBuffer) throws(PeerFrameError) {
        var reader = FrameReader(bytes)
        switch try reader.integer() as UInt8 {
        case 1:
            guard try reader.integer() as UInt8 == PeerFrame.version else {
                throw PeerFrameError(description: "another version of the way nodes speak")
            }
            let cluster = try reader.text()
            let node: UInt64 = try reader.integer()
            guard
                let name = ClusterName(cluster).flatMap({ NodeName(cluster: $0, number: node) })
            else { throw .malformed }
            let (low, high): (UInt16, UInt16) = (try reader.integer(), try reader.integer())
            guard low <= high else { throw .malformed }
            self = .hello(
                PeerIdentification(name: name, rules: low...high),
                ledgerRules: try reader.integer())
        case 2: self = .welcome
        case 3: self = .message(.consensus(try reader.message()))
        case 4: self = .message(.submission(try reader.submission()))
        case 5: self = .message(.reply(try reader.reply()))
        case 6: self = .ping(try reader.integer())
        case 7:
            self = .pong(
                try reader.integer(), wall: try reader.integer(), hasRoom: try reader.flag())
        default: throw .malformed
        }
        guard reader.isAtEnd else { throw .malformed }
    }
}

/// Reads the fields of a frame. A length is held against what is there before anything is made.
private struct FrameReader {
    private var bytes: ByteBuffer

    init(_ bytes: ByteBuffer) { self.bytes = bytes }

    var isAtEnd: Bool { bytes.readableBytes == 0 }

    mutating func integer<Value: FixedWidthInteger>() throws(PeerFrameError) -> Value {
        guard let value = bytes.readInteger(endianness: .little, as: Value.self) else {
            throw .malformed
        }
        return value
    }

    mutating func flag() throws(PeerFrameError) -> Bool {
        let value: UInt8 = try integer()
        guard value <= 1 else { throw .malformed }
        return value == 1
    }

    mutating func array() throws(PeerFrameError) -> [UInt8] {
        let count: UInt32 = try integer()
        return try array(Int(count))
    }

    private mutating func array(_ count: Int) throws(PeerFrameError) -> [UInt8] {
        guard count <= bytes.readableBytes, let found = bytes.readBytes(length: count) else {
            throw .malformed
        }
        return found
    }

    mutating func text() throws(PeerFrameError) -> String {
        let found = try array()
        guard found.count <= 256, let text = String(validating: found, as: UTF8.self) else {
            throw .malformed
        }
        return text
    }

    /// The number of parts of so many bytes at least.
    private mutating func count(of size: Int) throws(PeerFrameError) -> Int {
        let count: UInt32 = try integer()
        guard Int(count) <= bytes.readableBytes / size else { throw .malformed }
        return Int(count)
    }

    mutating func message() throws(PeerFrameError) -> Message {
        let number: UInt8 = try integer()
        guard let kind = Consensus.MessageKind(rawValue: number), !kind.isLocal,
            kind != .snapshot, kind != .propose
        else {
            throw .malformed
        }
        let isRejected = try flag()
        var message = Message(kind, from: try integer(), to: try integer())
        message.isRejected = isRejected
        message.term = try integer()
        message.logTerm = try integer()
        message.index = try integer()
        message.commit = try integer()
        message.hint = try integer()
        message.context = try array()
        let count = try count(of: 21)
        message.entries.reserveCapacity(count)
        for _ in 0..<count {
            let (term, index): (UInt64, UInt64) = (try integer(), try integer())
            let number: UInt8 = try integer()
            guard let kind = EntryKind(rawValue: number) else { throw .malformed }
            message.entries.append(
                Entry(term: term, index: index, kind: kind, data: try array()))
        }
        return message
    }

    mutating func submission() throws(PeerFrameError) -> ForwardedSubmission {
        let (term, ticket): (UInt64, UInt64) = (try integer(), try integer())
        let (life, patience): (UInt64, UInt64) = (try integer(), try integer())
        let owner = Owner(try text())
        let key: ContentKey?
        switch try integer() as UInt8 {
        case 0: key = nil
        case 1: key = ContentKey.none
        case 2:
            guard let found = ContentKey(try array(ContentKey.size)) else { throw .malformed }
            key = found
        default: throw .malformed
        }
        let batch = try array()
        guard
            let commands = SealedCommands(
                received: batch, contents: try array(), hashedWith: key)
        else { throw .malformed }
        return ForwardedSubmission(
            commands: commands, owner: owner, term: term, ticket: ticket, life: life,
            patience: patience)
    }

    mutating func reply() throws(PeerFrameError) -> ForwardReply {
        let (ticket, life): (UInt64, UInt64) = (try integer(), try integer())
        switch try integer() as UInt8 {
        case 1:
            let id = EntryID(term: try integer(), index: try integer())
            let first: UInt32 = try integer()
            return ForwardReply(
                ticket: ticket, life: life,
                fate: .placed(id, first: Int(first), recorded: try recorded()))
        case 2:
            let index: UInt64 = try integer()
            return ForwardReply(
                ticket: ticket, life: life, fate: .recorded(try recorded(), at: index))
        case 3:
            guard let failure = SubmissionFailure(code: try integer()) else { throw .malformed }
            return ForwardReply(ticket: ticket, life: life, fate: .refused(failure))
        default: throw .malformed
        }
    }

    /// In order of position, each once.
    private mutating func recorded() throws(PeerFrameError) -> [RecordedOutcome] {
        let count = try count(of: 4 + Outcome.encodedSize)
        var recorded: [RecordedOutcome] = []
        recorded.reserveCapacity(count)
        for _ in 0..<count {
            let position: UInt32 = try integer()
            guard let outcome = Outcome(decoding: try array(Outcome.encodedSize)),
                recorded.last.map({ $0.position < Int(position) }) ?? true
            else { throw .malformed }
            recorded.append(RecordedOutcome(position: Int(position), outcome: outcome))
        }
        return recorded
    }
}

extension SubmissionFailure {
    fileprivate var code: UInt8 {
        switch self {
        case .overloaded: 1
        case .unavailable: 2
        case .notAlone: 3
        case .outcomeUnknown: 4
        case .noSpace: 5
        case .leaderless: 6
        }
    }

    fileprivate init?(code: UInt8) {
        switch code {
        case 1: self = .overloaded
        case 2: self = .unavailable
        case 3: self = .notAlone
        case 4: self = .outcomeUnknown
        case 5: self = .noSpace
        case 6: self = .leaderless
        default: return nil
        }
    }
}
