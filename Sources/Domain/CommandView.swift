/// One command of a checked batch, read where it lies.
///
/// Valid only inside ``Batch/withCommands(_:)``. Its fields are plain loads: the batch was checked
/// as a whole when it was made or decoded.
@frozen
public struct CommandView: BitwiseCopyable {
    /// Where the command lies, for hints that ask for what follows it.
    public let address: UnsafeRawPointer
    /// Where it lies in the batch, and in the higher half where its content lies among those of the
    /// batch. Both are below 2³²: bytesPerBatch bounds them.
    @usableFromInline let places: UInt64

    @inlinable @inline(__always)
    init(batch: UnsafeRawPointer, places: UInt64) {
        address = batch + Int(places & 0xFFFF_FFFF)
        self.places = places
    }

    @inlinable @inline(__always)
    var offset: Int { Int(places & 0xFFFF_FFFF) }

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
    public var isOfPayment: Bool {
        byte(0) <= CommandKind.cancelPayment.rawValue || kind == .submitDatedPayment
    }

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

    /// Whether the attachment stands beside the batch.
    @inlinable @inline(__always)
    var isSealed: Bool { byte(Batch.formOffset) == Batch.sealedForm }

    /// Bytes of header and body.
    @inlinable @inline(__always)
    var formSize: Int { Batch.commandHeaderSize &+ bodySize }

    /// Where the attachment lies: among the contents of the batch when it is sealed, else in its
    /// bytes.
    @inlinable @inline(__always)
    public var attachment: AttachmentRange {
        let size = attachmentSize
        guard size > 0 else { return .none }
        let start = isSealed ? content.lowerBound + SealedCommands.saltSize : offset &+ formSize
        return AttachmentRange(
            offset: UInt32(truncatingIfNeeded: start), length: UInt32(truncatingIfNeeded: size))
    }

    /// Salt and attachment among the contents of the batch; empty unless it is sealed.
    @inlinable @inline(__always)
    var content: Range<Int> {
        let start = Int(places >> 32)
        let size = isSealed ? SealedCommands.saltSize &+ attachmentSize : 0
        return Range(uncheckedBounds: (start, start &+ size))
    }

    /// Bytes of the command.
    @inlinable @inline(__always)
    var size: Int {
        let attached = attachmentSize
        guard attached > 0 else { return (formSize &+ 7) & ~7 }
        return (formSize &+ (isSealed ? SealedCommands.sealSize : attached) &+ 7) & ~7
    }

    @inlinable @inline(__always)
    var end: Int { offset &+ size }

    /// The places of the command behind it.
    @inlinable @inline(__always)
    var next: UInt64 {
        guard attachmentSize > 0 else { return places &+ UInt64((formSize &+ 7) & ~7) }
        return places &+ UInt64(content.count) << 32 &+ UInt64(size)
    }

    /// All of its bytes.
    @inlinable
    var whole: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: address, count: size) }

    /// Header and body.
    @inlinable
    var form: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: address, count: formSize) }

    /// The attachment, where it is not sealed.
    var inlineAttachment: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: address + formSize, count: isSealed ? 0 : attachmentSize)
    }

    /// Where in the batch stands what is there for the attachment, if it is sealed.
    var seal: Range<Int> {
        let start = offset &+ formSize
        return start..<start + (isSealed ? SealedCommands.sealSize : 0)
    }

    /// The order of a command that submits one, read field by field.
    @inlinable @inline(__always)
    public var order: PaymentOrderView { PaymentOrderView(command: self) }

    /// The order of a command that submits one.
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

    /// See ``PaymentOrder/forgottenAttempts``.
    @inlinable @inline(__always)
    public var forgottenAttempts: UInt8 {
        command.byte(PaymentOrderView.forgottenAttemptsOffset)
    }

    @usableFromInline static var forgottenAttemptsOffset: Int { 101 }

    /// See ``PaymentOrder/settlementDate``.
    @inlinable @inline(__always)
    public var settlementDate: CivilDate {
        CivilDate(
            rawValue: UInt16(
                littleEndian: command.load(
                    PaymentOrderView.settlementDateOffset, as: UInt16.self)))
    }

    @usableFromInline static var settlementDateOffset: Int { 102 }

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
        var order = PaymentOrder(
            uetr: uetr, contentHash: contentHash, submitter: submitter, payer: payer,
            creditor: creditor, foreign: foreign, side: side, fixed: fixed, amount: amount,
            limit: limit, timeInForce: timeInForce, fillPolicy: fillPolicy,
            minimumFill: minimumFill, expiresAt: expiresAt, attempt: attempt)
        order.forgottenAttempts = forgottenAttempts
        order.settlementDate = settlementDate
        return order
    }
}

/// The commands of a batch in their order.
@frozen
public struct CommandViews: BitwiseCopyable {
    @usableFromInline let batch: UnsafeRawPointer
    @usableFromInline var places: UInt64
    @usableFromInline var remaining: Int

    @inlinable @inline(__always)
    init(_ bytes: UnsafeRawBufferPointer, from offset: Int = 0, count: Int) {
        // Where there is no command nothing is read.
        batch = bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 8).unsafelyUnwrapped
        places = UInt64(offset)
        remaining = count
    }

    /// How many are still to come.
    @inlinable @inline(__always)
    public var count: Int { remaining }

    /// The next command, nil behind the last. O(1), allocates nothing.
    @inlinable @inline(__always)
    public mutating func next() -> CommandView? {
        guard remaining > 0 else { return nil }
        remaining -= 1
        let view = CommandView(batch: batch, places: places)
        places = view.next
        return view
    }
}

extension Batch {
    /// Whether one of the commands may raise the rules of the batches behind.
    ///
    /// - Complexity: O(commands).
    public var raisesRules: Bool {
        withCommands { views in
            var views = views
            while let view = views.next() {
                if view.kind == RaiseRules.kind || view.kind == ApproveProposal.kind { return true }
            }
            return false
        }
    }

    /// Gives the commands in place.
    @inlinable @inline(__always)
    public func withCommands<Result>(_ body: (CommandViews) -> Result) -> Result {
        bytes.withUnsafeBytes {
            body(CommandViews($0, from: Batch.headerSize, count: commandCount))
        }
    }
}
