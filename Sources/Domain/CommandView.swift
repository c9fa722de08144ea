/// One command of a checked batch, read where it lies.
///
/// Valid only inside ``Batch/withCommands(_:)``. Its fields are plain loads: the batch was checked
/// as a whole when it was made or decoded.
@frozen
public struct CommandView: BitwiseCopyable {
    @usableFromInline let batch: UnsafeRawPointer
    @usableFromInline let offset: Int

    @inlinable @inline(__always)
    init(batch: UnsafeRawPointer, offset: Int) {
        self.batch = batch
        self.offset = offset
    }

    @inlinable @inline(__always)
    func load<Value: BitwiseCopyable>(_ position: Int, as type: Value.Type) -> Value {
        batch.loadUnaligned(fromByteOffset: offset + position, as: type)
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
    public var kind: CommandKind { unsafeBitCast(byte(0) &- 1, to: CommandKind.self) }

    /// The case with this raw value. Cases are laid out in the order of their declaration, which
    /// here is that of their values from 0 on; a test compares all.
    @inlinable @inline(__always)
    func checkedCase<Case: BitwiseCopyable>(_ position: Int, _ type: Case.Type = Case.self) -> Case
    {
        unsafeBitCast(byte(position), to: type)
    }

    /// The UETR of a command that submits or cancels a payment.
    @inlinable @inline(__always)
    public var uetrBits: UInt128 { wide(8) }

    /// The payment that the command is about, if it is about one.
    @inlinable @inline(__always)
    public var uetr: UETR? {
        switch kind {
        case .submitPayment, .cancelPayment: UETR(bits: wide(8))
        case .registerParticipant, .setParticipantState, .configureCorridor, .setCorridorState,
            .setReferenceRate, .fund, .setCreditLimit:
            nil
        }
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
    var end: Int { (offset + Batch.commandHeaderSize + bodySize + attachmentSize + 7) & ~7 }

    /// The order of a ``CommandKind/submitPayment`` command.
    @inlinable @inline(__always)
    public var paymentOrder: PaymentOrder {
        PaymentOrder(
            uetr: UETR(bits: wide(8)), contentHash: wide(24), submitter: BIC(packed: word(40)),
            payer: BIC(packed: word(48)), creditor: BIC(packed: word(56)),
            foreign: checkedCase(96),
            side: checkedCase(97),
            fixed: checkedCase(98), amount: integer(64),
            limit: Rate(scaled: integer(72)),
            timeInForce: checkedCase(99),
            fillPolicy: checkedCase(100),
            minimumFill: integer(80), expiresAt: integer(88))
    }

    /// The wish of a ``CommandKind/cancelPayment`` command.
    @inlinable @inline(__always)
    public var cancellation: Cancellation {
        Cancellation(uetr: UETR(bits: wide(8)), submitter: BIC(packed: word(24)))
    }

    /// The command, whatever its kind.
    public var command: Command {
        let body = UnsafeRawBufferPointer(
            start: batch + offset + Batch.commandHeaderSize, count: bodySize)
        var reader = ByteReader(body)
        guard let command = Command(kind: kind, body: &reader) else {
            preconditionFailure("a checked batch is well-formed")
        }
        return command
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
