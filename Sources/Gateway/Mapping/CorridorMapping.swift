package import Domain

package enum CorridorMapping {
    package static func corridor(from proto: ProtoCorridor) throws(GatewayError) -> Corridor {
        let foreign = try Field.foreign(proto.foreignCurrency, "foreign_currency")
        guard let collar = UInt16(exactly: proto.collarBasisPoints) else {
            throw Field.malformed(
                "collar_basis_points", "must lie between 1 and 9999", "\(proto.collarBasisPoints)")
        }
        guard let offset = Int16(exactly: proto.utcOffsetMinutes) else {
            throw Field.malformed(
                "utc_offset_minutes", "must lie between -840 and 840", "\(proto.utcOffsetMinutes)")
        }
        return Corridor(
            foreign: foreign, tick: try Field.rate(proto.tick, "tick"),
            referenceRate: try Field.rate(proto.referenceRate, "reference_rate"),
            collarBasisPoints: collar,
            minimumSize: try Field.amount(proto.minimumSize, .cny, "minimum_size"),
            maximumSize: try Field.amount(proto.maximumSize, .cny, "maximum_size"),
            feePartsPerMillion: proto.feePartsPerMillion,
            selfMatch: try selfMatch(proto.selfMatch), weekdays: try weekdays(proto.weekdays),
            utcOffsetMinutes: offset,
            opensAtMinute: try minute(proto.opensAt, default: 0, "opens_at"),
            cutOffMinute: try minute(proto.cutOffAt, default: 1_440, "cut_off_at"))
    }

    private static func selfMatch(_ proto: ProtoSelfMatch) throws(GatewayError) -> SelfMatch {
        switch proto {
        case .unspecified, .cancelNewest: .cancelNewest
        case .allow: .allow
        case .cancelOldest: .cancelOldest
        case .decrementBoth: .decrementBoth
        case .UNRECOGNIZED(let value): throw Field.malformed("self_match", "has no value \(value)")
        }
    }

    private static func weekdays(_ days: [UInt32]) throws(GatewayError) -> UInt8 {
        guard !days.isEmpty else { return 0b111_1111 }
        var bits: UInt8 = 0
        for day in days {
            guard (1...7).contains(day) else {
                throw Field.malformed("weekdays", "must be 1 (Monday) to 7 (Sunday)", "\(day)")
            }
            bits |= 1 << UInt8(day - 1)
        }
        return bits
    }

    /// Minutes since local midnight of "HH:MM"; "24:00" is the end of the day.
    private static func minute(
        _ text: String, default missing: UInt16, _ name: String
    ) throws(GatewayError) -> UInt16 {
        guard !text.isEmpty else { return missing }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }),
            let hour = UInt16(parts[0]), let minute = UInt16(parts[1]), minute < 60,
            hour * 60 + minute <= 1_440
        else { throw Field.malformed(name, "must be a local time \"HH:MM\"", text) }
        return hour * 60 + minute
    }

    static func state(_ proto: ProtoCorridorState) throws(GatewayError) -> CorridorState {
        switch proto {
        case .open: .open
        case .halted: .halted
        case .closed: .closed
        case .unspecified: throw Field.malformed("state", "must be OPEN, HALTED or CLOSED")
        case .UNRECOGNIZED(let value): throw Field.malformed("state", "has no value \(value)")
        }
    }
}

extension ProtoCorridor {
    package init(_ row: CorridorRow) {
        self.init()
        let corridor = row.corridor
        foreignCurrency = corridor.foreign.code
        tick = corridor.tick.decimal
        referenceRate = corridor.referenceRate.decimal
        collarBasisPoints = UInt32(corridor.collarBasisPoints)
        minimumSize = Money(minorUnits: corridor.minimumSize, currency: .cny).decimal
        maximumSize = Money(minorUnits: corridor.maximumSize, currency: .cny).decimal
        feePartsPerMillion = corridor.feePartsPerMillion
        selfMatch =
            switch corridor.selfMatch {
            case .allow: .allow
            case .cancelNewest: .cancelNewest
            case .cancelOldest: .cancelOldest
            case .decrementBoth: .decrementBoth
            }
        weekdays = (0..<7).filter { corridor.weekdays >> UInt8($0) & 1 == 1 }.map { $0 + 1 }
        utcOffsetMinutes = Int32(corridor.utcOffsetMinutes)
        opensAt = ProtoCorridor.time(corridor.opensAtMinute)
        cutOffAt = ProtoCorridor.time(corridor.cutOffMinute)
        state = ProtoCorridorState(row.state)
    }

    /// A local time "HH:MM" of minutes since midnight.
    static func time(_ minute: UInt16) -> String {
        let hour = minute / 60
        let rest = minute % 60
        return "\(hour < 10 ? "0" : "")\(hour):\(rest < 10 ? "0" : "")\(rest)"
    }
}

extension ProtoCorridorState {
    init(_ state: CorridorState) {
        self =
            switch state {
            case .open: .open
            case .halted: .halted
            case .closed: .closed
            }
    }
}

extension ProtoBookLevel {
    init(_ level: BookLevel, _ foreign: Currency) {
        self.init()
        rate = level.rate.decimal
        orders = UInt32(clamping: level.orders)
        renminbi = Money(minorUnits: level.renminbi, currency: .cny).decimal
        self.foreign = Money(minorUnits: level.foreign, currency: foreign).decimal
    }
}

extension ProtoAccount {
    package init(_ row: AccountRow, participant: BIC) {
        self.init()
        func decimal(_ minorUnits: Int64) -> String {
            Money(minorUnits: minorUnits, currency: row.currency).decimal
        }
        accountID = row.id
        kind = row.kind.word
        self.participant = row.kind == .settlement ? participant.description : ""
        currency = row.currency.code
        balance = decimal(row.balance)
        held = decimal(row.held)
        creditLimit = decimal(row.creditLimit)
        available = decimal(row.available)
        nostro = row.kind == .nostro ? row.participant : 0
    }
}
