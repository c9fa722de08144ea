internal import Benchmark
internal import Domain
internal import Gateway

/// What a morning came to, counted from its payments.
enum DemoSummary {
    /// A corridor's figures in minor units.
    struct CorridorFigures: Sendable {
        let foreign: Currency
        var payments = 0
        var settled = 0
        var fills = 0
        var renminbiPaid: Int64 = 0
        var renminbiReceived: Int64 = 0
        var foreignPaid: Int64 = 0
        var foreignReceived: Int64 = 0

        /// Foreign units for one renminbi over all fills.
        var averageRate: String {
            guard renminbiPaid > 0 else { return "-" }
            let divisor = Int128(foreign.rateDivisor)
            let scaled =
                (Int128(foreignPaid) * divisor + Int128(renminbiPaid) / 2)
                / Int128(renminbiPaid)
            return Rate(scaled: Int64(scaled)).decimal
        }
    }

    static func corridors(_ diary: DemoDiary) throws -> [CorridorFigures] {
        try DemoWorld.corridors.map { corridor in
            var figures = CorridorFigures(foreign: corridor.foreign)
            var fills: Set<UInt64> = []
            for payment in diary.payments
            where [payment.payCurrency, payment.receiveCurrency].contains(corridor.foreign.code) {
                figures.payments += 1
                if payment.status == "ACSC" { figures.settled += 1 }
                fills.formUnion(payment.fills.map(\.fillID))
                let (paid, received) = (try Money(payment.paid), try Money(payment.received))
                if payment.payCurrency == "CNY" {
                    figures.renminbiPaid += paid.minorUnits
                    figures.foreignReceived += received.minorUnits
                } else {
                    figures.foreignPaid += paid.minorUnits
                    figures.renminbiReceived += received.minorUnits
                }
            }
            figures.fills = fills.count
            return figures
        }
    }

    /// How many payments took each channel.
    static func channels(_ diary: DemoDiary) -> [(channel: DemoChannel, count: Int)] {
        DemoChannel.allCases.map { channel in
            (channel, diary.entries.count { $0.channel == channel })
        }
    }

    /// The payment whose history is shown: settled in several steps against other banks, from a
    /// message if there is one.
    static func example(_ diary: DemoDiary) -> Int? {
        var payments: [UInt64: [ProtoPayment]] = [:]
        for payment in diary.payments {
            for fill in payment.fills { payments[fill.fillID, default: []].append(payment) }
        }
        func meetsOthers(_ payment: ProtoPayment) -> Bool {
            payment.fills.flatMap { payments[$0.fillID, default: []] }.allSatisfy {
                $0.uetr == payment.uetr
                    || $0.creditorParticipant != payment.payer
                        && $0.payer != payment.creditorParticipant
            }
        }
        let settled = diary.payments.indices.filter { diary.payments[$0].status == "ACSC" }
        let candidates = settled.filter { position in
            let payment = diary.payments[position]
            return (2...4).contains(payment.fills.count) && meetsOthers(payment)
                && diary.changes(of: payment).count >= 2
        }
        return candidates.first { diary.entries[$0].channel == .message } ?? candidates.first
            ?? settled.first
    }
}
