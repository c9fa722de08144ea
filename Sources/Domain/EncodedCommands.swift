/// Commands in their encoded form, one behind the other in a single array: what a caller submits
/// and what a batch is joined from.
///
/// Many commands cost one allocation that grows, none each. Each command is laid out as ``Batch``
/// says.
public struct EncodedCommands: Equatable, Sendable {
    /// Each command with header, body and attachment, padded to eight bytes.
    public private(set) var bytes: [UInt8] = []
    public private(set) var count = 0
    /// How many of them have an attachment.
    public private(set) var attached = 0
    /// The key that went into their content hashes; nil where nobody says.
    public var hashedWith: ContentKey?

    public init() {}

    /// Commands without attachments.
    init(bytes: [UInt8], count: Int) {
        self.bytes = bytes
        self.count = count
    }

    /// A single command, whose bytes it shares.
    public init(_ command: EncodedCommand) {
        bytes = command.bytes
        count = 1
        attached = command.hasAttachment ? 1 : 0
        hashedWith = command.hashedWith
    }

    @inlinable
    public var isEmpty: Bool { count == 0 }

    /// Makes room for more bytes, so that appending them does not allocate.
    public mutating func reserve(_ bytes: Int) {
        self.bytes.reserveCapacity(self.bytes.count + bytes)
    }

    /// Encodes a command behind the others.
    ///
    /// - Parameter attachment: bytes that travel with the command and that the engine does not
    ///   read (references, parties, remittance as JSON); at most ``Limits/bytesPerAttachment``.
    public mutating func append(_ command: Command, attachment: UnsafeRawBufferPointer) {
        let size = EncodedCommands.size(command.bodySize, attachment)
        // On the stack, and then into the array at once: growing it costs more than copying.
        withUnsafeTemporaryAllocation(byteCount: size, alignment: 16) { memory in
            EncodedCommands.encode(
                command.kind, command.bodySize, attachment, into: memory
            ) {
                command.encodeBody(into: &$0)
            }
            bytes.append(raw: UnsafeRawBufferPointer(memory))
        }
        count(attachment)
    }

    /// Encodes a payment order behind the others. Its content hash is found from the encoded bytes
    /// and put into them: the order is encoded once.
    ///
    /// The hash covers the command as if nobody had submitted the order, without a settlement date
    /// and with `content` attached.
    ///
    /// - Parameters:
    ///   - order: is given its content hash.
    ///   - content: what counts of the attachment; the same memory where all of it does.
    ///   - attachment: see ``append(_:attachment:)-(_,UnsafeRawBufferPointer)``.
    public mutating func append(
        _ order: inout PaymentOrder, content: UnsafeRawBufferPointer,
        attachment: UnsafeRawBufferPointer, hash: (UnsafeRawBufferPointer) -> UInt128
    ) {
        let size = EncodedCommands.size(order.bodySize, attachment)
        let room = max(size, EncodedCommands.size(Command.orderSize, content))
        var nobodys = order
        nobodys.contentHash = 0
        nobodys.submitter = .none
        nobodys.attempt = 0
        nobodys.settlementDate = .none
        withUnsafeTemporaryAllocation(byteCount: room, alignment: 16) { memory in
            let covered = EncodedCommands.encode(
                .submitPayment, Command.orderSize, content, into: memory
            ) {
                nobodys.encode(into: &$0)
            }
            order.contentHash = hash(UnsafeRawBufferPointer(rebasing: memory[..<covered]))
            EncodedCommands.complete(memory, order)
            if order.attempt != 0 || order.settlementDate != .none
                || content.baseAddress != attachment.baseAddress
                || content.count != attachment.count
            {
                EncodedCommands.attach(attachment, order, to: memory)
            }
            bytes.append(raw: UnsafeRawBufferPointer(rebasing: memory[..<size]))
        }
        count(attachment)
    }

    private mutating func count(_ attachment: UnsafeRawBufferPointer) {
        count += 1
        if !attachment.isEmpty { attached += 1 }
    }

    /// Bytes of a command with this attachment.
    private static func size(_ bodySize: Int, _ attachment: UnsafeRawBufferPointer) -> Int {
        (Batch.commandHeaderSize + bodySize + attachment.count + 7) & ~7
    }

    /// Writes a command; gives the number of its bytes.
    @discardableResult
    private static func encode(
        _ kind: CommandKind, _ bodySize: Int, _ attachment: UnsafeRawBufferPointer,
        into memory: UnsafeMutableRawBufferPointer, body: (inout ByteWriter) -> Void
    ) -> Int {
        var writer = ByteWriter(memory)
        encodeHeader(kind, bodySize, attachment, into: &writer)
        body(&writer)
        require(
            writer.count == Batch.commandHeaderSize + bodySize,
            "an encoded body has the size of its form")
        encodeTail(attachment, into: &writer)
        return writer.count
    }

    private static func encodeHeader(
        _ kind: CommandKind, _ bodySize: Int, _ attachment: UnsafeRawBufferPointer,
        into writer: inout ByteWriter
    ) {
        require(attachment.count <= Limits.bytesPerAttachment, "attachment exceeds its bound")
        writer.write(kind.rawValue)
        writer.write(UInt8(0))
        writer.write(UInt16(bodySize))
        writer.write(UInt32(attachment.count))
    }

    /// Writes the attachment, and zeros up to the next command.
    private static func encodeTail(
        _ attachment: UnsafeRawBufferPointer, into writer: inout ByteWriter
    ) {
        writer.write(attachment)
        while writer.count & 7 != 0 { writer.write(UInt8(0)) }
    }

    /// Whether the encoded command has an attachment.
    fileprivate static func hasAttachment(_ command: [UInt8]) -> Bool {
        command[attachmentSizeOffset..<Batch.commandHeaderSize].contains { $0 != 0 }
    }

    private static let attachmentSizeOffset = 4

    /// Puts hash and submitter into an encoded order: its body begins with UETR and these.
    private static func complete(_ command: UnsafeMutableRawBufferPointer, _ order: PaymentOrder) {
        var body = ByteWriter(
            UnsafeMutableRawBufferPointer(rebasing: command[Batch.commandHeaderSize...]))
        body.write(order.uetr.bits)
        body.write(order.contentHash)
        body.write(order.submitter.packed)
    }

    /// Puts its attempt, its date and another attachment to an encoded order.
    private static func attach(
        _ attachment: UnsafeRawBufferPointer, _ order: PaymentOrder,
        to command: UnsafeMutableRawBufferPointer
    ) {
        var header = ByteWriter(command)
        encodeHeader(order.kind, order.bodySize, attachment, into: &header)
        let date = PaymentOrderView.settlementDateOffset
        var dated = ByteWriter(UnsafeMutableRawBufferPointer(rebasing: command[date...]))
        dated.write(order.settlementDate.rawValue)
        let end = Batch.commandHeaderSize + Command.orderSize
        var tail = ByteWriter(UnsafeMutableRawBufferPointer(rebasing: command[end...]))
        if order.attempt != 0 { tail.write(order.attempt) }
        encodeTail(attachment, into: &tail)
    }

    /// Encodes a command behind the others.
    ///
    /// - Parameter attachment: see ``append(_:attachment:)-(_,UnsafeRawBufferPointer)``.
    public mutating func append(_ command: Command, attachment: [UInt8] = []) {
        attachment.withUnsafeBytes { append(command, attachment: $0) }
    }

    /// Gives the commands in place, without checks: they were encoded here.
    @inlinable @inline(__always)
    public func withCommands<Result>(_ body: (CommandViews) -> Result) -> Result {
        bytes.withUnsafeBytes { body(CommandViews($0, count: count)) }
    }

    /// Puts an encoded command behind the others.
    public mutating func append(_ command: EncodedCommand) {
        bytes.append(contentsOf: command.bytes)
        count += 1
        if command.hasAttachment { attached += 1 }
        hashedWith = hashedWith ?? command.hashedWith
    }
}

/// One command in its encoded form with its attachment.
public struct EncodedCommand: Sendable {
    /// Command header, body and attachment, padded to eight bytes.
    public private(set) var bytes: [UInt8]
    /// As for ``EncodedCommands``.
    let hashedWith: ContentKey?

    var hasAttachment: Bool { EncodedCommands.hasAttachment(bytes) }

    /// The only one of these commands, whose bytes it shares.
    public init(only commands: EncodedCommands) {
        require(commands.count == 1, "there is one command")
        bytes = commands.bytes
        hashedWith = commands.hashedWith
    }

    /// The same order, of whose attempts the ledger will have forgotten so many (R2.15).
    ///
    /// - Precondition: it submits a payment.
    public func stating(forgottenAttempts: UInt8) -> EncodedCommand {
        require(
            CommandKind(rawValue: bytes[0]).isOrder, "only at payments there are attempts")
        var order = self
        order.bytes[PaymentOrderView.forgottenAttemptsOffset] = forgottenAttempts
        return order
    }

    /// Encodes a command.
    ///
    /// - Parameter attachment: as for ``EncodedCommands``.
    public init(_ command: Command, attachment: some Collection<UInt8> = EmptyCollection()) {
        var commands = EncodedCommands()
        commands.reserve(Batch.commandHeaderSize + command.bodySize + attachment.count + 7)
        let isContiguous: Void? = attachment.withContiguousStorageIfAvailable {
            commands.append(command, attachment: UnsafeRawBufferPointer($0))
        }
        if isContiguous == nil { commands.append(command, attachment: Array(attachment)) }
        bytes = commands.bytes
        hashedWith = nil
    }
}
