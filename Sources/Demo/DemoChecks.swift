internal import Benchmark
internal import Domain
internal import Gateway

/// One thing that must hold after the morning.
struct DemoCheck: Codable, Sendable {
    let name: String
    /// What is wrong; empty when it holds.
    let faults: [String]
    var holds: Bool { faults.isEmpty }
}

/// Verifies a morning from what the API says about it.
struct DemoChecks {
    private let diary: DemoDiary

    /// - Throws: `DecimalError` when the API gives an amount that is none.
    static func all(
        _ diary: DemoDiary, _ letters: DemoCorrespondence
    ) throws -> [DemoCheck] {
        let checks = DemoChecks(diary: diary)
        return [
            DemoCheck(name: "every payment is final and ended as planned", faults: checks.ends),
            DemoCheck(
                name: "every payment is on record once, repeated or not", faults: checks.once),
            DemoCheck(
                name: "a refused attempt is no payment, and another one pays",
                faults: checks.attempts),
            DemoCheck(name: "two banks pay under one UETR", faults: checks.legs),
            DemoCheck(name: "a withdrawal left the gateway", faults: checks.withdrawal),
            DemoCheck(
                name: "an operator's late command changes nothing", faults: diary.limit.faults),
            DemoCheck(
                name: "messages alone are enough to pay, be told, cancel and return",
                faults: letters.faults),
            DemoCheck(name: "a status only moves forward", faults: checks.forward),
            DemoCheck(name: "each fill has two payments that agree", faults: try checks.fills()),
            DemoCheck(name: "a payment is the sum of its fills", faults: try checks.sums()),
            DemoCheck(name: "no fill is worse than a limit", faults: try checks.limits()),
            DemoCheck(name: "corridors match their payments", faults: try checks.corridors()),
            DemoCheck(name: "balances follow from the payments", faults: try checks.balances()),
            DemoCheck(name: "every currency sums to zero", faults: try checks.zeroSums()),
            DemoCheck(name: "nothing is held any more", faults: checks.holds),
        ]
    }
}

// MARK: - Payments

extension DemoChecks {
    private var ends: [String] {
        zip(diary.entries, diary.payments).compactMap { entry, payment in
            let hasFill = !payment.fills.isEmpty
            let agrees =
                switch entry.order.expectation {
                case .settled: payment.status == "ACSC" && hasFill
                case .settledOrUnmatched:
                    payment.status == "ACSC"
                        || payment.status == "CANC"
                            && payment.endReason == EndReason.notMatched.name
                case .ended(let reason, let partly):
                    payment.status == "CANC" && payment.endReason == reason.name
                        && hasFill == partly
                case .refused: false
                }
            return agrees
                ? nil
                : "\(payment.uetr) by \(entry.channel.rawValue) ended \(payment.status) "
                    + "\(payment.endReason) \(payment.result.code), not \(entry.order.expectation)"
        }
    }

    private var once: [String] {
        var faults: [String] = []
        let statuses = diary.after.summary.statuses.reduce(0) { $0 + $1.payments }
        let earlier = diary.before.summary.statuses.reduce(0) { $0 + $1.payments }
        if statuses - earlier != UInt64(diary.entries.count) {
            faults.append("\(diary.entries.count) submitted, \(statuses - earlier) on record")
        }
        if Set(diary.payments.map(\.paymentID)).count != diary.entries.count {
            faults.append("two payments have one number")
        }
        for (uetr, answer) in diary.repetitions where !answer.isRepetition {
            faults.append("\(uetr) was taken a second time")
        }
        return faults
    }

    private var attempts: [String] {
        var faults = diary.refusals.compactMap { entry -> String? in
            guard case .refused(let code) = entry.order.expectation, entry.answer.code == code.name
            else { return "\(entry.order.uetr) was answered \(entry.answer.code)" }
            return nil
        }
        let paid = Set(diary.payments.map(\.uetr))
        let again = diary.refusals.filter { paid.contains($0.order.uetr) }
        if again.count != 1 || again.first?.order.uetr != diary.lateDuplicate?.uetr {
            faults.append("\(again.count) refused attempts became payments, not 1")
        }
        if diary.lateDuplicate?.answer.code != again.first?.answer.code {
            faults.append(
                "the late duplicate was answered \(diary.lateDuplicate?.answer.code ?? "")")
        }
        return faults
    }

    private var withdrawal: [String] {
        diary.withdrawal.state == "confirmed"
            ? [] : ["withdrawal \(diary.withdrawal.reference) is \(diary.withdrawal.state)"]
    }

    private var legs: [String] {
        let banks = Dictionary(grouping: diary.payments, by: \.uetr).values.filter { $0.count > 1 }
        return banks.count == 1 && Set(banks[0].map(\.payer)).count == 2
            ? [] : ["\(banks.count) UETRs have several payments"]
    }

    private var forward: [String] {
        diary.changes.compactMap { uetr, changes in
            let statuses = changes.compactMap { PaymentStatus(code: $0.status) }
            let rises = zip(statuses, statuses.dropFirst()).allSatisfy { $1.mayFollow($0) }
            return rises && statuses.count == changes.count
                ? nil : "\(uetr): \(changes.map(\.status).joined(separator: " "))"
        }
    }

    private func sums() throws -> [String] {
        try diary.payments.compactMap { payment in
            let fills = payment.fills
            let agrees =
                try total(fills.map(\.paid)) == Money(payment.paid).minorUnits
                && total(fills.map(\.received)) == Money(payment.received).minorUnits
                && total(fills.map(\.fee)) == Money(payment.fee).minorUnits
            return agrees ? nil : payment.uetr
        }
    }

    private func limits() throws -> [String] {
        try diary.payments.flatMap { payment -> [String] in
            guard !payment.limitRate.isEmpty else { return [] }
            let limit = try Rate(decimal: payment.limitRate)
            return try payment.fills.filter { fill in
                let rate = try Rate(decimal: fill.rate)
                return payment.payCurrency == "CNY" ? rate < limit : rate > limit
            }.map { "\(payment.uetr): fill \($0.fillID) at \($0.rate), limit \(payment.limitRate)" }
        }
    }

    private func total(_ amounts: [ProtoMoney]) throws -> Int64 {
        try amounts.reduce(0) { $0 + (try Money($1).minorUnits) }
    }
}

// MARK: - Fills and corridors

extension DemoChecks {
    /// Both payments of a fill must tell the same story: what one pays the other receives.
    private func fills() throws -> [String] {
        var halves: [UInt64: [(payment: ProtoPayment, fill: ProtoFill)]] = [:]
        for payment in diary.payments {
            for fill in payment.fills { halves[fill.fillID, default: []].append((payment, fill)) }
        }
        return halves.compactMap { identifier, halves in
            guard halves.count == 2 else { return "fill \(identifier): \(halves.count) payments" }
            let (a, b) = (halves[0].fill, halves[1].fill)
            let agrees =
                a.paid == b.received && a.received == b.paid && a.rate == b.rate
                && a.time == b.time
                && halves[0].payment.payCurrency != halves[1].payment.payCurrency
            return agrees ? nil : "fill \(identifier): its two payments disagree"
        }.sorted()
    }

    private func corridors() throws -> [String] {
        try DemoSummary.corridors(diary).flatMap { corridor -> [String] in
            let after = row(corridor.foreign, diary.after)
            let before = row(corridor.foreign, diary.before)
            func difference(_ path: KeyPath<ProtoCorridorSummary, String>, _ code: String) throws
                -> Int64
            {
                try Money(decimal: after[keyPath: path], code: code).minorUnits
                    - Money(decimal: before[keyPath: path], code: code).minorUnits
            }
            let figures: [(String, Int64, Int64)] = [
                ("payments", Int64(after.payments - before.payments), Int64(corridor.payments)),
                ("settled", Int64(after.settled - before.settled), Int64(corridor.settled)),
                ("fills", Int64(after.fills - before.fills), Int64(corridor.fills)),
                ("fen", try difference(\.renminbi, "CNY"), corridor.renminbiPaid),
                ("fen received", corridor.renminbiReceived, corridor.renminbiPaid),
                (
                    "foreign", try difference(\.foreign, corridor.foreign.code),
                    corridor.foreignPaid
                ),
                ("foreign received", corridor.foreignReceived, corridor.foreignPaid),
            ]
            return figures.filter { $0.1 != $0.2 }.map {
                "\(corridor.foreign.code) \($0.0): \($0.1), not \($0.2)"
            }
        }
    }

    private func row(_ foreign: Currency, _ ledger: DemoLedger) -> ProtoCorridorSummary {
        if let row = ledger.summary.corridors.first(where: { $0.foreignCurrency == foreign.code }) {
            return row
        }
        var none = ProtoCorridorSummary()
        none.renminbi = "0"
        none.foreign = "0"
        return none
    }
}

// MARK: - Accounts

extension DemoChecks {
    private struct AccountKey: Hashable, Comparable {
        let owner: String
        let currency: String

        static func < (a: AccountKey, b: AccountKey) -> Bool {
            (a.owner, a.currency) < (b.owner, b.currency)
        }
    }

    /// Every account must have moved by exactly what fundings, payments and fees say.
    private func balances() throws -> [String] {
        var expected = try balances(diary.before)
        for (bank, amount) in diary.fundings {
            let code = amount.currency.code
            expected[key(bank.description, code), default: 0] += amount.minorUnits
            expected[key("nostro", code), default: 0] -= amount.minorUnits
        }
        for payment in diary.payments {
            let (paid, received, fee) = (
                try Money(payment.paid), try Money(payment.received), try Money(payment.fee)
            )
            expected[key(payment.payer, payment.payCurrency), default: 0] -=
                paid.minorUnits + fee.minorUnits
            expected[key(payment.creditorParticipant, payment.receiveCurrency), default: 0] +=
                received.minorUnits
            expected[key("fee-income", payment.payCurrency), default: 0] += fee.minorUnits
        }
        let actual = try balances(diary.after)
        return Set(expected.keys).union(actual.keys).sorted().filter {
            expected[$0, default: 0] != actual[$0, default: 0]
        }.map {
            "\($0.owner) \($0.currency): \(actual[$0, default: 0]) minor units, "
                + "not \(expected[$0, default: 0])"
        }
    }

    private func key(_ owner: String, _ currency: String) -> AccountKey {
        AccountKey(owner: owner, currency: currency)
    }

    private func balances(_ ledger: DemoLedger) throws -> [AccountKey: Int64] {
        var balances: [AccountKey: Int64] = [:]
        for account in ledger.accounts {
            let owner = account.participant.isEmpty ? account.kind : account.participant
            balances[key(owner, account.currency), default: 0] +=
                try Money(decimal: account.balance, code: account.currency).minorUnits
        }
        return balances
    }

    private func zeroSums() throws -> [String] {
        var sums: [String: Int64] = [:]
        for (key, balance) in try balances(diary.after) {
            sums[key.currency, default: 0] += balance
        }
        let stated = try diary.after.summary.currencies.filter {
            try Money(decimal: $0.sum, code: $0.currency).minorUnits != 0
        }.map { "\($0.currency) sums to \($0.sum) in the gateway's summary" }
        return sums.filter { $0.value != 0 }.keys.sorted().map { "\($0) is off by \(sums[$0]!)" }
            + stated
    }

    private var holds: [String] {
        diary.after.accounts.filter { $0.held.contains { ("1"..."9").contains($0) } }.map {
            "account \($0.accountID) holds \($0.held) \($0.currency)"
        }
    }
}
