// The fixed little-endian form of each command's body, field after field: here for payments, for
// all others as they are declared. The size of a body says which form it has, so a reader checks it
// before it reads. A changed layout needs a new size or a new kind, and a new rule version.

extension CommandKind {
    /// Whether a body of this kind may have so many bytes.
    func takes(bodySize: Int) -> Bool {
        switch self {
        case .submitPayment, .submitDatedPayment:
            bodySize == Command.orderSize || bodySize == Command.attemptSize
        case .cancelPayment:
            bodySize == Command.cancellationSize || bodySize == Command.namedCancellationSize
        default:
            DeclaredCommands.bodySize(of: self) > 0
                && (bodySize == DeclaredCommands.bodySize(of: self)
                    || namesActor(bodySize: bodySize))
        }
    }

    /// Whether a body of this size ends with the operator who gave the command.
    func namesActor(bodySize: Int) -> Bool {
        DeclaredCommands.isOperators(self)
            && bodySize == DeclaredCommands.bodySize(of: self) + CommandActor.byteCount
    }
}

extension Command {
    @usableFromInline static var orderSize: Int { 96 }
    /// With the attempt.
    static var attemptSize: Int { 112 }
    @usableFromInline static var cancellationSize: Int { 24 }
    /// With the payer.
    static var namedCancellationSize: Int { 32 }

    /// Bytes of the encoded body.
    public var bodySize: Int {
        switch self {
        case .submitPayment(let order): order.bodySize
        case .cancelPayment(let wish):
            wish.payer == .none ? Command.cancellationSize : Command.namedCancellationSize
        case .declared(_, by: let actor):
            DeclaredCommands.bodySize(of: kind) + (actor == .none ? 0 : CommandActor.byteCount)
        }
    }

    /// The oldest rules under which it has a form.
    public var since: RuleVersion {
        switch self {
        case .submitPayment(let order) where order.settlementDate != .none: .v4
        case .submitPayment(let order) where order.attempt != 0 || order.forgottenAttempts != 0:
            .v3
        case .cancelPayment(let wish) where wish.payer != .none: .v3
        case .submitPayment, .cancelPayment: .oldest
        case .declared(let command, by: let actor):
            actor == .none ? type(of: command).since : max(type(of: command).since, .v3)
        }
    }

    /// Appends the body.
    func encodeBody(into writer: inout ByteWriter) {
        switch self {
        case .submitPayment(let order): order.encode(into: &writer)
        case .cancelPayment(let cancellation):
            writer.write(cancellation.uetr.bits)
            writer.write(cancellation.submitter.packed)
            if cancellation.payer != .none { writer.write(cancellation.payer.packed) }
        case .declared(let command, by: let actor):
            command.encode(into: &writer)
            if actor != .none { actor.encode(into: &writer) }
        }
    }

    /// Reads a body of `kind`; nil when a field holds a value that does not exist.
    init?(kind: CommandKind, bodySize: Int, body reader: inout ByteReader) {
        switch kind {
        case .submitPayment, .submitDatedPayment:
            // The kind says whether a date is stated.
            guard var order = PaymentOrder(from: &reader), order.kind == kind else { return nil }
            if bodySize == Command.attemptSize {
                order.attempt = reader.read()
                // No attempt is named by leaving it out.
                guard order.attempt != 0 else { return nil }
            }
            self = .submitPayment(order)
        case .cancelPayment:
            var wish = Cancellation(
                uetr: UETR(bits: reader.read()), submitter: BIC(packed: reader.read()))
            if bodySize == Command.namedCancellationSize {
                wish.payer = BIC(packed: reader.read())
                // Nobody is named by leaving the payer out.
                guard wish.payer != .none else { return nil }
            }
            self = .cancelPayment(wish)
        default:
            guard let command = DeclaredCommands.type(of: kind)?.init(from: &reader) else {
                return nil
            }
            guard kind.namesActor(bodySize: bodySize) else {
                self = .declared(command)
                return
            }
            guard let actor = CommandActor(from: &reader) else { return nil }
            self = .declared(command, by: actor)
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
    /// Bytes of its body.
    var bodySize: Int { attempt == 0 ? Command.orderSize : Command.attemptSize }

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
        writer.write(forgottenAttempts)
        writer.write(settlementDate.rawValue)
        if attempt != 0 { writer.write(attempt) }
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
            let fillPolicy = reader.readCase(of: FillPolicy.self)
        else { return nil }
        let forgottenAttempts: UInt8 = reader.read()
        guard forgottenAttempts <= Limits.attempts else { return nil }
        let settlementDate = CivilDate(rawValue: reader.read())
        self.init(
            uetr: uetr, contentHash: contentHash, submitter: submitter, payer: payer,
            creditor: creditor, foreign: foreign, side: side, fixed: fixed, amount: amount,
            limit: limit, timeInForce: timeInForce, fillPolicy: fillPolicy,
            minimumFill: minimumFill, expiresAt: expiresAt)
        self.forgottenAttempts = forgottenAttempts
        self.settlementDate = settlementDate
    }
}
