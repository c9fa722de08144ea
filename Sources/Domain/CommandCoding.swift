// The fixed little-endian form of each command's body, field after field: here for payments, for
// all others as they are declared. The size of a body follows from its kind, so a reader checks it
// before it reads. A changed layout needs a new command kind, or a new engine version.

extension CommandKind {
    /// Bytes of an encoded body of this kind; 0 of a kind that does not exist.
    public var bodySize: Int {
        switch self {
        case .submitPayment: 96
        case .cancelPayment: 24
        default: DeclaredCommands.bodySize(of: self)
        }
    }
}

extension Command {
    /// Appends the body.
    func encodeBody(into writer: inout ByteWriter) {
        switch self {
        case .submitPayment(let order): order.encode(into: &writer)
        case .cancelPayment(let cancellation):
            writer.write(cancellation.uetr.bits)
            writer.write(cancellation.submitter.packed)
        case .declared(let command): command.encode(into: &writer)
        }
    }

    /// Reads a body of `kind`; nil when a field holds a value that does not exist.
    init?(kind: CommandKind, body reader: inout ByteReader) {
        switch kind {
        case .submitPayment:
            guard let order = PaymentOrder(from: &reader) else { return nil }
            self = .submitPayment(order)
        case .cancelPayment:
            let uetr = UETR(bits: reader.read())
            self = .cancelPayment(.init(uetr: uetr, submitter: BIC(packed: reader.read())))
        default:
            guard let command = DeclaredCommands.type(of: kind)?.init(from: &reader) else {
                return nil
            }
            self = .declared(command)
        }
    }
}

extension ByteReader {
    mutating func readCase<Case: RawRepresentable>(of type: Case.Type) -> Case?
    where Case.RawValue == UInt8 {
        Case(rawValue: read(UInt8.self))
    }
}

extension PaymentOrder {
    func encode(into writer: inout ByteWriter) {
        writer.write(uetr.bits)
        writer.write(contentHash)
        writer.write(submitter.packed)
        writer.write(payer.packed)
        writer.write(creditor.packed)
        writer.write(amount)
        writer.write(limit.scaled)
        writer.write(minimumFill)
        writer.write(expiresAt)
        writer.write(foreign.rawValue)
        writer.write(side.rawValue)
        writer.write(fixed.rawValue)
        writer.write(timeInForce.rawValue)
        writer.write(fillPolicy.rawValue)
        writer.write(UInt8(0))
        writer.write(UInt16(0))
    }

    init?(from reader: inout ByteReader) {
        let uetr = UETR(bits: reader.read())
        let contentHash: UInt128 = reader.read()
        let submitter = BIC(packed: reader.read())
        let payer = BIC(packed: reader.read())
        let creditor = BIC(packed: reader.read())
        let amount: Int64 = reader.read()
        let limit = Rate(scaled: reader.read())
        let minimumFill: Int64 = reader.read()
        let expiresAt: Timestamp = reader.read()
        guard let foreign = reader.readCase(of: Currency.self),
            let side = reader.readCase(of: Side.self),
            let fixed = reader.readCase(of: FixedAmount.self),
            let timeInForce = reader.readCase(of: TimeInForce.self),
            let fillPolicy = reader.readCase(of: FillPolicy.self),
            reader.readsZero(UInt8.self), reader.readsZero(UInt16.self)
        else { return nil }
        self.init(
            uetr: uetr, contentHash: contentHash, submitter: submitter, payer: payer,
            creditor: creditor, foreign: foreign, side: side, fixed: fixed, amount: amount,
            limit: limit, timeInForce: timeInForce, fillPolicy: fillPolicy,
            minimumFill: minimumFill, expiresAt: expiresAt)
    }
}
