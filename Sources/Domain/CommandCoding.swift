// The fixed little-endian form of each command's body, field after field as listed here. The size
// of a body follows from its kind, so a reader checks it before it reads. A changed layout needs a
// new command kind, or a new engine version.

extension CommandKind {
    /// Bytes of an encoded body of this kind.
    public var bodySize: Int {
        switch self {
        case .submitPayment: 96
        case .cancelPayment: 24
        case .registerParticipant: 40
        case .setParticipantState: 16
        case .configureCorridor: 56
        case .setCorridorState: 8
        case .setReferenceRate: 16
        case .fund: 56
        case .setCreditLimit: 24
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
        case .registerParticipant(let registration): registration.encode(into: &writer)
        case .setParticipantState(let bic, let state):
            writer.write(bic.packed)
            writer.write(UInt64(state.rawValue))
        case .configureCorridor(let corridor): corridor.encode(into: &writer)
        case .setCorridorState(let foreign, let state):
            writer.write(UInt32(foreign.rawValue))
            writer.write(UInt32(state.rawValue))
        case .setReferenceRate(let foreign, let rate):
            writer.write(UInt64(foreign.rawValue))
            writer.write(rate.scaled)
        case .fund(let funding): funding.encode(into: &writer)
        case .setCreditLimit(let bic, let limit):
            writer.write(bic.packed)
            writer.write(limit.minorUnits)
            writer.write(UInt64(limit.currency.rawValue))
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
        case .registerParticipant:
            guard let registration = ParticipantRegistration(from: &reader) else { return nil }
            self = .registerParticipant(registration)
        case .setParticipantState:
            let bic = BIC(packed: reader.read())
            guard let state = reader.readCase(of: ParticipantState.self, as: UInt64.self) else {
                return nil
            }
            self = .setParticipantState(bic: bic, state: state)
        case .configureCorridor:
            guard let corridor = Corridor(from: &reader) else { return nil }
            self = .configureCorridor(corridor)
        case .setCorridorState:
            guard let foreign = reader.readCase(of: Currency.self, as: UInt32.self),
                let state = reader.readCase(of: CorridorState.self, as: UInt32.self)
            else { return nil }
            self = .setCorridorState(foreign: foreign, state: state)
        case .setReferenceRate:
            guard let foreign = reader.readCase(of: Currency.self, as: UInt64.self) else {
                return nil
            }
            self = .setReferenceRate(foreign: foreign, rate: Rate(scaled: reader.read()))
        case .fund:
            guard let funding = Funding(from: &reader) else { return nil }
            self = .fund(funding)
        case .setCreditLimit:
            let bic = BIC(packed: reader.read())
            let minorUnits: Int64 = reader.read()
            guard let currency = reader.readCase(of: Currency.self, as: UInt64.self) else {
                return nil
            }
            self = .setCreditLimit(
                bic: bic, limit: Money(minorUnits: minorUnits, currency: currency))
        }
    }
}

extension ByteReader {
    /// Reads an enumeration stored in a wider integer; nil when no case has that value.
    mutating func readCase<Case: RawRepresentable, Wide: FixedWidthInteger & BitwiseCopyable>(
        of type: Case.Type, as wide: Wide.Type
    ) -> Case? where Case.RawValue == UInt8 {
        UInt8(exactly: read(wide)).flatMap(Case.init(rawValue:))
    }

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

extension ParticipantRegistration {
    func encode(into writer: inout ByteWriter) {
        writer.write(bic.packed)
        writer.write(settlesThrough.packed)
        writer.write(lei.packed)
        writer.write(country.packed)
        writer.write(UInt16(roles.rawValue))
        writer.write(UInt32(0))
    }

    init?(from reader: inout ByteReader) {
        let bic = BIC(packed: reader.read())
        let settlesThrough = BIC(packed: reader.read())
        let lei = LEI(packed: reader.read())
        let country = CountryCode(packed: reader.read())
        guard let roles = UInt8(exactly: reader.read(UInt16.self)), reader.readsZero(UInt32.self)
        else { return nil }
        self.init(
            bic: bic, lei: lei, country: country, roles: ParticipantRoles(rawValue: roles),
            settlesThrough: settlesThrough)
    }
}

extension Corridor {
    func encode(into writer: inout ByteWriter) {
        writer.write(foreign.rawValue)
        writer.write(selfMatch.rawValue)
        writer.write(weekdays)
        writer.write(UInt8(0))
        writer.write(utcOffsetMinutes)
        writer.write(opensAtMinute)
        writer.write(cutOffMinute)
        writer.write(collarBasisPoints)
        writer.write(feePartsPerMillion)
        writer.write(tick.scaled)
        writer.write(referenceRate.scaled)
        writer.write(minimumSize)
        writer.write(maximumSize)
        writer.write(UInt64(0))
    }

    init?(from reader: inout ByteReader) {
        guard let foreign = reader.readCase(of: Currency.self),
            let selfMatch = reader.readCase(of: SelfMatch.self)
        else { return nil }
        let weekdays: UInt8 = reader.read()
        guard reader.readsZero(UInt8.self) else { return nil }
        let utcOffsetMinutes: Int16 = reader.read()
        let opensAtMinute: UInt16 = reader.read()
        let cutOffMinute: UInt16 = reader.read()
        let collarBasisPoints: UInt16 = reader.read()
        let feePartsPerMillion: UInt32 = reader.read()
        let tick = Rate(scaled: reader.read())
        let referenceRate = Rate(scaled: reader.read())
        let minimumSize: Int64 = reader.read()
        let maximumSize: Int64 = reader.read()
        guard reader.readsZero(UInt64.self) else { return nil }
        self.init(
            foreign: foreign, tick: tick, referenceRate: referenceRate,
            collarBasisPoints: collarBasisPoints, minimumSize: minimumSize,
            maximumSize: maximumSize, feePartsPerMillion: feePartsPerMillion,
            selfMatch: selfMatch, weekdays: weekdays, utcOffsetMinutes: utcOffsetMinutes,
            opensAtMinute: opensAtMinute, cutOffMinute: cutOffMinute)
    }
}

extension Funding {
    func encode(into writer: inout ByteWriter) {
        writer.write(reference.bits)
        writer.write(contentHash)
        writer.write(participant.packed)
        writer.write(amount)
        writer.write(UInt64(currency.rawValue))
    }

    init?(from reader: inout ByteReader) {
        let reference = UETR(bits: reader.read())
        let contentHash: UInt128 = reader.read()
        let participant = BIC(packed: reader.read())
        let amount: Int64 = reader.read()
        guard let currency = reader.readCase(of: Currency.self, as: UInt64.self) else {
            return nil
        }
        self.init(
            reference: reference, contentHash: contentHash, participant: participant,
            currency: currency, amount: amount)
    }
}
