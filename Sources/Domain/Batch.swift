/// One entry of the log: commands that share a timestamp and are applied in one go.
///
/// Layout, little-endian: `"LQB1"`, rule version (UInt16), flags (UInt16, zero), command count
/// (UInt32), reserved (UInt32, zero), timestamp (Int64), log index to which the following hash
/// belongs (UInt64), state hash there (UInt64); then the commands, each with kind (UInt8), form
/// (UInt8), body size (UInt16), attachment size (UInt32), body, attachment, zeros up to a multiple
/// of eight. In place of an attachment stands its seal of 32 bytes, and the form is 1, since rules
/// of version 3; see ``SealedCommands``.
public struct Batch: Equatable, Sendable {
    /// The whole encoded entry.
    public let bytes: [UInt8]
    /// What stands beside it, as ``SealedCommands/contents``; none before version 3.
    public let contents: [UInt8]
    public let rules: RuleVersion
    public let commandCount: Int
    /// Strictly increasing from batch to batch.
    public let timestamp: Timestamp
    /// The earlier batch whose resulting state hash this batch states; 0 when it states none.
    public let hashedIndex: UInt64
    public let stateHash: UInt64

    /// Bytes of the entry and of what stands beside it.
    public var byteCount: Int { bytes.count + contents.count }

    public static let headerSize = 40
    @usableFromInline static let commandHeaderSize = 8
    @inlinable static var formOffset: Int { 1 }
    /// The form of a command whose attachment stands beside the batch.
    @inlinable static var sealedForm: UInt8 { 1 }
    private static let magic: UInt32 = 0x3142_514C

    /// Builds a batch of commands in their order; no command is a batch too, which only lets time
    /// pass.
    ///
    /// - Precondition: none has an attachment, or the rules do not seal them.
    public init(
        _ commands: [EncodedCommand], rules: RuleVersion = .current, timestamp: Timestamp,
        hashedIndex: UInt64 = 0, stateHash: UInt64 = 0
    ) {
        require(
            !rules.sealsAttachments || !commands.contains { $0.hasAttachment },
            "attachments are sealed")
        self.init(
            joining: commands.map(\.bytes), count: commands.count, rules: rules,
            timestamp: timestamp, hashedIndex: hashedIndex, stateHash: stateHash)
    }

    /// Builds a batch of packed commands, one group behind the other: copies their bytes, decodes
    /// nothing.
    ///
    /// - Complexity: O(bytes).
    public init(
        packed groups: [SealedCommands], rules: RuleVersion = .current, timestamp: Timestamp,
        hashedIndex: UInt64 = 0, stateHash: UInt64 = 0
    ) {
        self.init(
            joining: rules.sealsAttachments ? groups.map(\.bytes) : groups.map(\.opened.bytes),
            beside: rules.sealsAttachments ? groups.map(\.contents) : [],
            count: groups.reduce(0) { $0 + $1.count }, rules: rules, timestamp: timestamp,
            hashedIndex: hashedIndex, stateHash: stateHash)
    }

    private init(
        joining parts: [[UInt8]], beside contents: [[UInt8]] = [], count: Int, rules: RuleVersion,
        timestamp: Timestamp, hashedIndex: UInt64, stateHash: UInt64
    ) {
        require(count <= Limits.commandsPerBatch, "too many commands in one batch")
        let size = parts.reduce(Batch.headerSize) { $0 + $1.count }
        self.contents = contents.count == 1 ? contents[0] : Array(contents.joined())
        require(size + self.contents.count <= Limits.bytesPerBatch, "batch exceeds its bound")
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

    /// The batch as which an entry of the log is applied. One of consensus' own is a batch without
    /// commands.
    ///
    /// - Parameter rules: of the ledger, for an entry that states none.
    /// - Throws: ``BatchError`` when the payload is no batch.
    public init(_ entry: LogEntry, rules: RuleVersion) throws(BatchError) {
        switch entry.kind {
        case .batch: try self.init(decoding: entry.payload, contents: entry.contents)
        case .leaderStart, .membership: self.init([], rules: rules, timestamp: entry.timestamp)
        }
    }

    /// Reads and checks an encoded batch as a whole, so that applying it cannot meet bad bytes.
    /// A batch has one encoded form: reserved and padding bytes that are not zero are refused.
    ///
    /// Whether the contents are those that were sealed only ``forEachSeal(_:)`` can tell.
    ///
    /// - Parameter contents: what stands beside it.
    /// - Throws: ``BatchError`` naming the byte offset.
    /// - Complexity: O(bytes).
    public init(decoding bytes: [UInt8], contents: [UInt8] = []) throws(BatchError) {
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
            bytes.count + contents.count <= Limits.bytesPerBatch
        else { throw .notABatch }
        self.bytes = bytes
        self.contents = contents
        self.rules = rules
        self.commandCount = Int(header.count)
        self.timestamp = header.timestamp
        self.hashedIndex = header.hashedIndex
        self.stateHash = header.stateHash
        var seen = 0
        var end = Batch.headerSize
        var contentEnd = 0
        var malformed: Int?
        forEachCommand(
            onMalformed: { malformed = $0 },
            visit: { _, command in
                seen += 1
                (end, contentEnd) = (command.end, command.contentEnd)
            })
        if let offset = malformed { throw .malformedCommand(offset: offset) }
        guard seen == commandCount, end == bytes.count else {
            throw .malformedCommand(offset: end)
        }
        guard contentEnd == contents.count else {
            throw .contents(expected: contentEnd, found: contents.count)
        }
    }

    /// Time and number of commands of an encoded batch, without a look at its commands; nil when it
    /// begins like none.
    public static func heading(
        of bytes: [UInt8]
    ) -> (timestamp: Timestamp, commandCount: Int32)? {
        guard bytes.count >= headerSize else { return nil }
        return bytes.withUnsafeBytes { buffer in
            var reader = ByteReader(buffer)
            guard (reader.read() as UInt32) == magic else { return nil }
            _ = reader.read() as UInt32
            let count: UInt32 = reader.read()
            guard count <= Limits.commandsPerBatch else { return nil }
            _ = reader.read() as UInt32
            return (reader.read(), Int32(count))
        }
    }

    /// The bytes of an attachment; nil when they are erased.
    public func attachment(_ range: AttachmentRange) -> ArraySlice<UInt8>? {
        let place = Int(range.offset)..<Int(range.offset) + Int(range.length)
        guard rules.sealsAttachments, !place.isEmpty else { return bytes[place] }
        let salt = contents[place.lowerBound - SealedCommands.saltSize..<place.lowerBound]
        return salt.allSatisfy { $0 == 0 } ? nil : contents[place]
    }

    /// A sealed attachment: which command it came with, salt and attachment, and the SHA-256 that
    /// the batch has of them.
    public struct Seal {
        public let position: Int
        /// Of the order or notice that it came with; nil when that is another command.
        public let uetr: UETR?
        public let content: ArraySlice<UInt8>
        public let digest: ArraySlice<UInt8>

        public var isErased: Bool { content.allSatisfy { $0 == 0 } }
    }

    /// Visits the sealed attachments in their order.
    ///
    /// - Complexity: O(bytes).
    public func forEachSeal(_ body: (Seal) -> Void) {
        guard !contents.isEmpty else { return }
        withCommands { views in
            var views = views
            var position = 0
            while let view = views.next() {
                if view.isSealed {
                    body(
                        Seal(
                            position: position,
                            uetr: view.erasableUETR,
                            content: contents[view.content], digest: bytes[view.seal]))
                }
                position += 1
            }
        }
    }

    /// A decoded command and where its bytes lie.
    public struct Item {
        public let command: Command
        public let attachment: AttachmentRange
        /// The offset behind this command.
        let end: Int
        /// The offset behind its content.
        let contentEnd: Int
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
            var content = 0
            for position in 0..<commandCount {
                guard
                    let item = Batch.decodeCommand(in: buffer, at: offset, content, under: rules)
                else {
                    onMalformed(offset)
                    return
                }
                visit(position, item)
                (offset, content) = (item.end, item.contentEnd)
            }
        }
    }

    /// The contents without those of the orders and notices that are meant, and how many these
    /// were.
    ///
    /// - Parameter isMeant: is asked with UETR and content hash.
    /// - Complexity: O(bytes).
    public func erasing(
        _ isMeant: (UETR, UInt128) -> Bool
    ) -> (contents: [UInt8], count: Int) {
        var rest = contents
        var count = 0
        forEachCommand { _, item in
            guard item.attachment.length > 0, let (uetr, contentHash) = item.command.erasable,
                attachment(item.attachment) != nil, isMeant(uetr, contentHash)
            else { return }
            let start = Int(item.attachment.offset) - SealedCommands.saltSize
            for place in start..<item.contentEnd { rest[place] = 0 }
            count += 1
        }
        return (rest, count)
    }

    private static func decodeCommand(
        in buffer: UnsafeRawBufferPointer, at offset: Int, _ content: Int,
        under rules: RuleVersion
    ) -> Item? {
        var reader = ByteReader(buffer, at: offset)
        let kind = CommandKind(rawValue: reader.read())
        let form: UInt8 = reader.read()
        let bodySize = Int(reader.read(UInt16.self))
        let attachmentSize = Int(reader.read(UInt32.self))
        let isSealed = attachmentSize > 0 && rules.sealsAttachments
        let tail = offset + commandHeaderSize + bodySize
        let tailEnd = tail + (isSealed ? SealedCommands.sealSize : attachmentSize)
        let end = (tailEnd + 7) & ~7
        guard !reader.isExhausted, form == (isSealed ? sealedForm : 0),
            kind.takes(bodySize: bodySize), attachmentSize <= Limits.bytesPerAttachment,
            end <= buffer.count,
            let command = Command(kind: kind, bodySize: bodySize, body: &reader),
            command.since <= rules, !reader.isExhausted,
            buffer[tailEnd..<end].allSatisfy({ $0 == 0 })
        else { return nil }
        let start = isSealed ? content + SealedCommands.saltSize : tail
        return Item(
            command: command,
            attachment: attachmentSize == 0
                ? .none
                : AttachmentRange(offset: UInt32(start), length: UInt32(attachmentSize)),
            end: end, contentEnd: isSealed ? start + attachmentSize : content)
    }
}

extension Command {
    /// UETR and content hash of what may be erased: the details of orders and of notices.
    fileprivate var erasable: (uetr: UETR, contentHash: UInt128)? {
        switch self {
        case .submitPayment(let order): (order.uetr, order.contentHash)
        case .declared(let notice as RecordNotice, by: _): (notice.uetr, notice.contentHash)
        case .cancelPayment, .declared: nil
        }
    }
}

extension CommandView {
    fileprivate var erasableUETR: UETR? {
        if kind.isOrder { return UETR(bits: uetrBits) }
        guard kind == RecordNotice.kind, case .declared(let notice as RecordNotice, by: _) = command
        else { return nil }
        return notice.uetr
    }
}

extension RuleVersion {
    /// Whether attachments stand beside the batch.
    @inlinable
    public var sealsAttachments: Bool { self >= .v3 }
}

/// Why bytes are no batch that this build can apply.
public enum BatchError: Error, Equatable, Sendable {
    case notABatch
    /// Written by rules that this build does not know.
    case unknownRules(UInt16)
    case malformedCommand(offset: Int)
    /// What stands beside it has another size than its attachments.
    case contents(expected: Int, found: Int)
}
