/// What one command led to. Fixed size; the fills of a command are numbered in a row.
public struct Outcome: BitwiseCopyable, Equatable, Sendable {
    public var code: ResultCode
    public var kind: CommandKind
    /// The payment's status after the command; nil for commands that touch no payment.
    public var status: PaymentStatus?
    public var endReason: EndReason
    /// The command repeated an earlier one; `code` is the first one's result.
    public var isRepetition: Bool
    /// The payment's number on record, 0 when there is none.
    public var payment: PaymentID
    /// What the payer has paid so far without fees, in minor units of the pay currency.
    public var paid: Int64
    /// What the creditor's participant has received so far, in minor units of the receive currency.
    public var received: Int64
    /// The first fill of this command, meaningful when `fillCount` is not zero.
    public var firstFill: FillID
    public var fillCount: UInt32
    /// The case that a command about a settled payment opened or changed; 0 when none. Of an
    /// operator's command it is ``proposal`` or ``agentStatement``.
    public var caseID: CaseID

    @inlinable
    public init(
        code: ResultCode, kind: CommandKind, status: PaymentStatus? = nil,
        endReason: EndReason = .none, isRepetition: Bool = false, payment: PaymentID = 0,
        paid: Int64 = 0, received: Int64 = 0, firstFill: FillID = 0, fillCount: UInt32 = 0,
        caseID: CaseID = 0
    ) {
        self.code = code
        self.kind = kind
        self.status = status
        self.endReason = endReason
        self.isRepetition = isRepetition
        self.payment = payment
        self.paid = paid
        self.received = received
        self.firstFill = firstFill
        self.fillCount = fillCount
        self.caseID = caseID
    }
}

extension Outcome {
    /// The proposal that an operator's command became, waits behind or decided; 0 when none. It
    /// has the place of ``caseID``: no command has both.
    public var proposal: ProposalID { isOfStatement ? 0 : caseID }

    /// The statement of an agent that the command began, or began before; 0 when none.
    public var agentStatement: AgentStatementID { isOfStatement ? caseID : 0 }

    private var isOfStatement: Bool { kind == BeginAgentStatement.kind && code == .accepted }

    /// Bytes of an encoded outcome.
    public static let encodedSize = 48

    /// Appends the little-endian form: what two nodes compare byte by byte.
    public func encode(into bytes: inout [UInt8]) {
        bytes += [UInt8](capacity: Outcome.encodedSize) { writer in
            writer.write(code.rawValue)
            writer.write(kind.rawValue)
            writer.write(status?.rawValue ?? 0)
            writer.write(endReason.rawValue)
            writer.write(UInt8(isRepetition ? 1 : 0))
            writer.write(UInt16(0))
            writer.write(payment)
            writer.write(paid)
            writer.write(received)
            writer.write(firstFill)
            writer.write(fillCount)
            writer.write(caseID)
            require(writer.count == Outcome.encodedSize, "encoded outcome has a fixed size")
        }
    }

    /// Reads what ``encode(into:)`` wrote; nil for other bytes.
    public init?(decoding bytes: [UInt8]) {
        guard bytes.count == Outcome.encodedSize else { return nil }
        let read: Outcome? = bytes.withUnsafeBytes { buffer in
            var reader = ByteReader(buffer)
            guard let code = ResultCode(rawValue: reader.read()) else { return nil }
            let kind = CommandKind(rawValue: reader.read())
            let status: UInt8 = reader.read()
            guard let endReason = EndReason(rawValue: reader.read()) else { return nil }
            let repetition: UInt8 = reader.read()
            let zero: UInt16 = reader.read()
            guard status == 0 || PaymentStatus(rawValue: status) != nil, repetition <= 1, zero == 0
            else { return nil }
            return Outcome(
                code: code, kind: kind, status: PaymentStatus(rawValue: status),
                endReason: endReason, isRepetition: repetition == 1, payment: reader.read(),
                paid: reader.read(), received: reader.read(), firstFill: reader.read(),
                fillCount: reader.read(), caseID: reader.read())
        }
        guard let read else { return nil }
        self = read
    }
}
