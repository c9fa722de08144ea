package import Domain
internal import SwiftProtobuf

extension Field {
    /// A bit for each day of the week, from Monday on.
    static func weekdays(_ days: [UInt64], _ name: String) throws(GatewayError) -> UInt8 {
        var bits: UInt8 = 0
        for day in days {
            guard (1...7).contains(day) else {
                throw malformed(name, "must be 1 (Monday) to 7 (Sunday)", "\(day)")
            }
            bits |= 1 << UInt8(day - 1)
        }
        return bits
    }

    /// Minutes since local midnight of "HH:MM"; "24:00" is the end of the day.
    static func minute(_ text: String, _ name: String) throws(GatewayError) -> UInt16 {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }),
            let hour = UInt16(parts[0]), let minute = UInt16(parts[1]), minute < 60,
            hour * 60 + minute <= 1_440
        else { throw malformed(name, "must be a local time \"HH:MM\"", text) }
        return hour * 60 + minute
    }
}

extension ProtoCorridor {
    package init(_ row: CorridorRow) {
        self.init(saying: row)
        opensAt = ProtoCorridor.time(row.corridor.opensAtMinute)
        cutOffAt = ProtoCorridor.time(row.corridor.cutOffMinute)
    }

    /// A local time "HH:MM" of minutes since midnight.
    static func time(_ minute: UInt16) -> String {
        let hour = minute / 60
        let rest = minute % 60
        return "\(hour < 10 ? "0" : "")\(hour):\(rest < 10 ? "0" : "")\(rest)"
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
