/// One command of a checked batch, read where it lies.
///
/// Valid only inside ``Batch/withCommands(_:)``. Its fields are plain loads: the batch was checked
/// as a whole when it was made or decoded.
@frozen
public struct CommandView: BitwiseCopyable {
    /// Where the command lies, for hints that ask for what follows it.
    public let address: UnsafeRawPointer
    @usableFromInline let offset: Int

    @inlinable @inline(__always)
    init(batch: UnsafeRawPointer, offset: Int) {
        address = batch + offset
        self.offset = offset
    }

    @inlinable @inline(__always)
    func load<Value: BitwiseCopyable>(_ position: Int, as type: Value.Type) -> Value {
        address.loadUnaligned(fromByteOffset: position, as: type)
    }

    @inlinable @inline(__always)
    func word(_ position: Int) -> UInt64 { UInt64(littleEndian: load(position, as: UInt64.self)) }

    @inlinable @inline(__always)
    func integer(_ position: Int) -> Int64 { Int64(bitPattern: word(position)) }

    @inlinable @inline(__always)
    func byte(_ position: Int) -> UInt8 { load(position, as: UInt8.self) }

    @inlinable @inline(__always)
    func wide(_ position: Int) -> UInt128 {
        UInt128(word(position + 8)) << 64 | UInt128(word(position))
    }

    @inlinable @inline(__always)
    public var kind: CommandKind { CommandKind(rawValue: byte(0)) }

    /// The case with this raw value. Cases are laid out in the order of their declaration, which
    /// here is that of their values from 0 on; a test compares all.
    @inlinable @inline(__always)
    func checkedCase<Case: BitwiseCopyable>(_ position: Int, _ type: Case.Type = Case.self) -> Case
    {
        unsafeBitCast(byte(position), to: type)
    }

    /// Whether it submits or cancels a payment.
    @inlinable @inline(__always)
    public var isOfPayment: Bool { byte(0) <= CommandKind.cancelPayment.rawValue }

    /// The UETR of a command that submits or cancels a payment.
    @inlinable @inline(__always)
    public var uetrBits: UInt128 { wide(8) }

    /// By what the record is asked about the command: the payment that it is about, or its own
    /// identification where an operator gave it; nil when there is nothing to ask.
    @inlinable @inline(__always)
    public var recordKey: UETR? { isOfPayment ? UETR(bits: uetrBits) : commandID }

    @usableFromInline
    var commandID: UETR? { actor.map { UETR(bits: $0.commandID) } }

    /// Who gave it, where the log says so.
    public var actor: CommandActor? {
        guard !isOfPayment, kind.namesActor(bodySize: bodySize) else { return nil }
        let end = Batch.commandHeaderSize + bodySize
        var reader = ByteReader(
            UnsafeRawBufferPointer(start: address, count: end), at: end - CommandActor.byteCount)
        return CommandActor(from: &reader)
    }

    @inlinable @inline(__always)
    var bodySize: Int { Int(UInt16(littleEndian: load(2, as: UInt16.self))) }

    @inlinable @inline(__always)
    var attachmentSize: Int { Int(UInt32(littleEndian: load(4, as: UInt32.self))) }

    /// Where the attachment lies in the batch.
    @inlinable @inline(__always)
    public var attachment: AttachmentRange {
        AttachmentRange(
            offset: UInt32(truncatingIfNeeded: offset + Batch.commandHeaderSize + bodySize),
            length: UInt32(truncatingIfNeeded: attachmentSize))
    }

    @inlinable @inline(__always)
    var end: Int { (offset &+ Batch.commandHeaderSize &+ bodySize &+ attachmentSize &+ 7) & ~7 }

    /// The order of a ``CommandKind/submitPayment`` command, read field by field.
    @inlinable @inline(__always)
    public var order: PaymentOrderView { PaymentOrderView(command: self) }

    /// The order of a ``CommandKind/submitPayment`` command.
    @inlinable @inline(__always)
    public var paymentOrder: PaymentOrder { order.whole }

    /// The wish of a ``CommandKind/cancelPayment`` command.
    @inlinable @inline(__always)
    public var cancellation: Cancellation {
        Cancellation(
            uetr: UETR(bits: wide(8)), submitter: BIC(packed: word(24)),
            payer: bodySize > Command.cancellationSize ? BIC(packed: word(32)) : .none)
    }

    /// The command, whatever its kind.
    public var command: Command {
        let body = UnsafeRawBufferPointer(
            start: address + Batch.commandHeaderSize, count: bodySize)
        var reader = ByteReader(body)
        guard let command = Command(kind: kind, bodySize: bodySize, body: &reader) else {
            preconditionFailure("a checked batch is well-formed")
        }
        return command
    }
}

/// A payment order read where it lies: each field is one load, and who needs few of them copies no
/// more.
@frozen
public struct PaymentOrderView: BitwiseCopyable {
    @usableFromInline let command: CommandView

    @inlinable @inline(__always)
    init(command: CommandView) {
        self.command = command
    }

    @inlinable @inline(__always)
    public var uetr: UETR { UETR(bits: command.uetrBits) }

    @inlinable @inline(__always)
    public var contentHash: UInt128 { command.wide(24) }

    @inlinable @inline(__always)
    public var submitter: BIC { BIC(packed: command.word(40)) }

    @inlinable @inline(__always)
    public var payer: BIC { BIC(packed: command.word(48)) }

    @inlinable @inline(__always)
    public var creditor: BIC { BIC(packed: command.word(56)) }

    @inlinable @inline(__always)
    public var amount: Int64 { command.integer(64) }

    @inlinable @inline(__always)
    public var limit: Rate { Rate(scaled: command.integer(72)) }

    @inlinable @inline(__always)
    public var minimumFill: Int64 { command.integer(80) }

    @inlinable @inline(__always)
    public var expiresAt: Timestamp { command.integer(88) }

    @inlinable @inline(__always)
    public var foreign: Currency { command.checkedCase(96) }

    @inlinable @inline(__always)
    public var side: Side { command.checkedCase(97) }

    @inlinable @inline(__always)
    public var fixed: FixedAmount { command.checkedCase(98) }

    @inlinable @inline(__always)
    public var timeInForce: TimeInForce { command.checkedCase(99) }

    @inlinable @inline(__always)
    public var fillPolicy: FillPolicy { command.checkedCase(100) }

    /// Of its attempt; 0 when it has no identification.
    @inlinable @inline(__always)
    public var attempt: UInt128 {
        command.bodySize > Command.orderSize ? command.wide(104) : 0
    }

    /// The currency that the payer gives.
    @inlinable @inline(__always)
    public var payCurrency: Currency { side == .payRenminbi ? .cny : foreign }

    /// The currency that the creditor's participant receives.
    @inlinable @inline(__always)
    public var receiveCurrency: Currency { side == .payRenminbi ? foreign : .cny }

    /// Where the attachment lies in the batch.
    @inlinable @inline(__always)
    public var attachment: AttachmentRange { command.attachment }

    /// A copy of the order.
    @inlinable @inline(__always)
    public var whole: PaymentOrder {
        PaymentOrder(
            uetr: uetr, contentHash: contentHash, submitter: submitter, payer: payer,
            creditor: creditor, foreign: foreign, side: side, fixed: fixed, amount: amount,
            limit: limit, timeInForce: timeInForce, fillPolicy: fillPolicy,
            minimumFill: minimumFill, expiresAt: expiresAt, attempt: attempt)
    }
}

/// The commands of a batch in their order.
@frozen
public struct CommandViews: BitwiseCopyable {
    @usableFromInline let batch: UnsafeRawPointer
    @usableFromInline var offset: Int
    @usableFromInline var remaining: Int

    @inlinable @inline(__always)
    init(batch: UnsafeRawPointer, offset: Int, remaining: Int) {
        self.batch = batch
        self.offset = offset
        self.remaining = remaining
    }

    /// How many are still to come.
    @inlinable @inline(__always)
    public var count: Int { remaining }

    /// The next command, nil behind the last. O(1), allocates nothing.
    @inlinable @inline(__always)
    public mutating func next() -> CommandView? {
        guard remaining > 0 else { return nil }
        remaining -= 1
        let view = CommandView(batch: batch, offset: offset)
        offset = view.end
        return view
    }
}

extension Batch {
    /// The commands, each with its attachment, as they were before they went into the batch.
    ///
    /// - Complexity: O(bytes).
    public var encodedCommands: [EncodedCommand] {
        withCommands { views in
            var views = views
            var commands: [EncodedCommand] = []
            while let view = views.next() {
                commands.append(EncodedCommand(copying: bytes[view.offset..<view.end]))
            }
            return commands
        }
    }

    /// Whether one of the commands raises the rules of the batches behind.
    ///
    /// - Complexity: O(commands).
    public var raisesRules: Bool {
        withCommands { views in
            var views = views
            while let view = views.next() {
                if view.kind == RaiseRules.kind { return true }
            }
            return false
        }
    }

    /// Gives the commands in place.
    @inlinable @inline(__always)
    public func withCommands<Result>(_ body: (CommandViews) -> Result) -> Result {
        bytes.withUnsafeBytes { buffer in
            body(
                CommandViews(
                    batch: buffer.baseAddress.unsafelyUnwrapped, offset: Batch.headerSize,
                    remaining: commandCount))
        }
    }
}
