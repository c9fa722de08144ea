/// One entry of the log: commands that share a timestamp and are applied in one go.
///
/// Layout, little-endian: `"LQB1"`, rule version (UInt16), flags (UInt16, zero), command count
/// (UInt32), reserved (UInt32, zero), timestamp (Int64), log index to which the following hash
/// belongs (UInt64), state hash there (UInt64); then the commands, each with kind (UInt8), zero
/// (UInt8), body size (UInt16), attachment size (UInt32), body, attachment, zeros up to a multiple
/// of eight.
public struct Batch: Equatable, Sendable {
    /// The whole encoded entry.
    public let bytes: [UInt8]
    public let rules: RuleVersion
    public let commandCount: Int
    /// Strictly increasing from batch to batch.
    public let timestamp: Timestamp
    /// The earlier batch whose resulting state hash this batch states; 0 when it states none.
    public let hashedIndex: UInt64
    public let stateHash: UInt64

    public static let headerSize = 40
    @usableFromInline static let commandHeaderSize = 8
    private static let magic: UInt32 = 0x3142_514C

    /// Builds a batch of commands in their order; no command is a batch too, which only lets time
    /// pass.
    public init(
        _ commands: [EncodedCommand], rules: RuleVersion = .current, timestamp: Timestamp,
        hashedIndex: UInt64 = 0, stateHash: UInt64 = 0
    ) {
        self.init(
            joining: commands.map(\.bytes), count: commands.count, rules: rules,
            timestamp: timestamp, hashedIndex: hashedIndex, stateHash: stateHash)
    }

    /// Builds a batch of packed commands, one group behind the other: copies their bytes, decodes
    /// nothing.
    ///
    /// - Complexity: O(bytes).
    public init(
        packed groups: [EncodedCommands], rules: RuleVersion = .current, timestamp: Timestamp,
        hashedIndex: UInt64 = 0, stateHash: UInt64 = 0
    ) {
        self.init(
            joining: groups.map(\.bytes), count: groups.reduce(0) { $0 + $1.count },
            rules: rules, timestamp: timestamp, hashedIndex: hashedIndex, stateHash: stateHash)
    }

    private init(
        joining parts: [[UInt8]], count: Int, rules: RuleVersion, timestamp: Timestamp,
        hashedIndex: UInt64, stateHash: UInt64
    ) {
        require(count <= Limits.commandsPerBatch, "too many commands in one batch")
        let size = parts.reduce(Batch.headerSize) { $0 + $1.count }
        require(size <= Limits.bytesPerBatch, "batch exceeds its bound in bytes")
        bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, written in
            let memory = UnsafeMutableRawBufferPointer(buffer)
            var writer = ByteWriter(memory)
            writer.write(Batch.magic)
            writer.write(rules.rawValue)
            writer.write(UInt16(0))
            writer.write(UInt32(count))
            writer.write(UInt32(0))
            writer.write(timestamp)
            writer.write(hashedIndex)
            writer.write(stateHash)
            written = writer.count
            for part in parts {
                UnsafeMutableRawBufferPointer(rebasing: memory[written...]).copyBytes(from: part)
                written += part.count
            }
        }
        self.rules = rules
        self.commandCount = count
        self.timestamp = timestamp
        self.hashedIndex = hashedIndex
        self.stateHash = stateHash
    }

    /// Reads and checks an encoded batch as a whole, so that applying it cannot meet bad bytes.
    /// A batch has one encoded form: reserved and padding bytes that are not zero are refused.
    ///
    /// - Throws: ``BatchError`` naming the byte offset.
    /// - Complexity: O(bytes).
    public init(decoding bytes: [UInt8]) throws(BatchError) {
        let header = bytes.withUnsafeBytes { buffer in
            var reader = ByteReader(buffer)
            let magic: UInt32 = reader.read()
            let version: UInt16 = reader.read()
            let flags: UInt16 = reader.read()
            let count: UInt32 = reader.read()
            let reserved: UInt32 = reader.read()
            let timestamp: Int64 = reader.read()
            let hashedIndex: UInt64 = reader.read()
            let stateHash: UInt64 = reader.read()
            return (
                magic: magic, version: version, count: count, timestamp: timestamp,
                hashedIndex: hashedIndex, stateHash: stateHash, exhausted: reader.isExhausted,
                reservedIsZero: flags == 0 && reserved == 0
            )
        }
        guard !header.exhausted, header.magic == Batch.magic else { throw .notABatch }
        guard let rules = RuleVersion(rawValue: header.version) else {
            throw .unknownRules(header.version)
        }
        guard header.reservedIsZero, header.count <= Limits.commandsPerBatch,
            bytes.count <= Limits.bytesPerBatch
        else { throw .notABatch }
        self.bytes = bytes
        self.rules = rules
        self.commandCount = Int(header.count)
        self.timestamp = header.timestamp
        self.hashedIndex = header.hashedIndex
        self.stateHash = header.stateHash
        var seen = 0
        var end = Batch.headerSize
        var malformed: Int?
        forEachCommand(
            onMalformed: { malformed = $0 },
            visit: { _, command in
                seen += 1
                end = command.end
            })
        if let offset = malformed { throw .malformedCommand(offset: offset) }
        guard seen == commandCount, end == bytes.count else {
            throw .malformedCommand(offset: end)
        }
    }

    /// A decoded command and where its bytes lie.
    public struct Item {
        public let command: Command
        public let attachment: AttachmentRange
        /// The offset behind this command.
        let end: Int
    }

    /// Visits the commands in order with their positions, 0 first.
    ///
    /// - Complexity: O(commands); allocates nothing for payments.
    @inline(__always)
    public func forEachCommand(_ body: (Int, Item) -> Void) {
        forEachCommand(
            onMalformed: { _ in require(false, "a checked batch is well-formed") }, visit: body)
    }

    @inline(__always)
    private func forEachCommand(onMalformed: (Int) -> Void, visit: (Int, Item) -> Void) {
        bytes.withUnsafeBytes { buffer in
            var offset = Batch.headerSize
            for position in 0..<commandCount {
                guard let item = Batch.decodeCommand(in: buffer, at: offset, under: rules) else {
                    onMalformed(offset)
                    return
                }
                visit(position, item)
                offset = item.end
            }
        }
    }

    private static func decodeCommand(
        in buffer: UnsafeRawBufferPointer, at offset: Int, under rules: RuleVersion
    ) -> Item? {
        var reader = ByteReader(buffer, at: offset)
        let kind = CommandKind(rawValue: reader.read())
        guard reader.readsZero(UInt8.self) else { return nil }
        let bodySize = Int(reader.read(UInt16.self))
        let attachmentSize = Int(reader.read(UInt32.self))
        let attachmentOffset = offset + commandHeaderSize + bodySize
        let end = (attachmentOffset + attachmentSize + 7) & ~7
        guard !reader.isExhausted, kind.takes(bodySize: bodySize, under: rules),
            attachmentSize <= Limits.bytesPerAttachment, end <= buffer.count,
            let command = Command(kind: kind, bodySize: bodySize, body: &reader),
            !reader.isExhausted,
            buffer[(attachmentOffset + attachmentSize)..<end].allSatisfy({ $0 == 0 })
        else { return nil }
        let attachment = AttachmentRange(
            offset: UInt32(attachmentOffset), length: UInt32(attachmentSize))
        return Item(command: command, attachment: attachment, end: end)
    }
}

/// Why bytes are no batch that this build can apply.
public enum BatchError: Error, Equatable, Sendable {
    case notABatch
    /// Written by rules that this build does not know.
    case unknownRules(UInt16)
    case malformedCommand(offset: Int)
}
