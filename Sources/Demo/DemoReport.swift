internal import Benchmark
internal import Clients
internal import Domain
internal import Foundation
internal import Gateway
internal import SwiftProtobuf
internal import Terminal

/// The morning as plain text for people.
struct DemoReport {
    let diary: DemoDiary
    let letters: DemoCorrespondence
    let checks: [DemoCheck]
    let history: DemoHistory?
    /// Nil for a gateway of one node.
    let cluster: DemoCluster?
    let commands: DemoCommands
    let seed: UInt64

    /// - Throws: `DecimalError` when the API gave an amount that is none.
    func text() throws -> String {
        var parts = [heading, try corridors(), try balances()]
        if let history { parts.append(story(history)) }
        parts.append(correspondence)
        if let cluster { parts.append(cluster.text) }
        parts += [verdict, commands.text]
        return parts.joined(separator: "\n\n")
    }

    private var heading: String {
        let channels = DemoSummary.channels(diary).map { "\($0.count) \($0.channel.rawValue)" }
        func count(_ status: String) -> Int { diary.payments.count { $0.status == status } }
        let partly = diary.payments.count { $0.status == "CANC" && !$0.fills.isEmpty }
        return """
            A morning at the gateway (seed \(seed)): \(diary.payments.count) payments of six \
            fictitious banks
            by \(channels.joined(separator: ", "))

              \(count("ACSC")) settled (ACSC)
              \(count("CANC")) cancelled, expired or unmatched (CANC), \(partly) partly filled
              \(diary.refusals.count) attempts refused because the payer's funds did not cover \
            them, one of which was tried again
            """
    }

    private func corridors() throws -> String {
        var table = TextTable([
            ("corridor", .left), ("payments", .right), ("settled", .right), ("fills", .right),
            ("CNY", .right), ("foreign", .right), ("average rate", .right),
        ])
        for figures in try DemoSummary.corridors(diary) {
            let foreign = Money(minorUnits: figures.foreignPaid, currency: figures.foreign)
            table.add([
                "CNY/\(figures.foreign.code)", "\(figures.payments)", "\(figures.settled)",
                "\(figures.fills)",
                Money(minorUnits: figures.renminbiPaid, currency: .cny).decimal, foreign.decimal,
                figures.averageRate,
            ])
        }
        return "Corridors\n\(table.text)"
    }

    private func balances() throws -> String {
        let currencies = [Currency.cny] + DemoWorld.corridors.map(\.foreign)
        var table = TextTable(
            [("account of", .left)] + currencies.map { ($0.code, .right) })
        let banks = DemoWorld.banks.map(\.bic) + DemoWorld.correspondents
        let owners = banks.map(\.description) + ["fee-income", "suspense", "nostro"]
        var sums = [Int64](repeating: 0, count: currencies.count)
        for owner in owners {
            let row = try currencies.map { try balance(of: owner, $0) }
            guard row.contains(where: { $0 != nil }) else { continue }
            for (position, balance) in row.enumerated() { sums[position] += balance ?? 0 }
            table.add(
                [owner]
                    + zip(row, currencies).map { balance, currency in
                        balance.map { Money(minorUnits: $0, currency: currency).decimal } ?? "-"
                    })
        }
        table.add(
            ["sum"] + zip(sums, currencies).map { Money(minorUnits: $0, currency: $1).decimal })
        return "Balances (nostro: what the settlement agent owes the gateway)\n\(table.text)"
    }

    private func balance(of owner: String, _ currency: Currency) throws -> Int64? {
        let accounts = diary.after.accounts.filter {
            ($0.participant.isEmpty ? $0.kind : $0.participant) == owner
                && $0.currency == currency.code
        }
        guard !accounts.isEmpty else { return nil }
        return try accounts.reduce(0) {
            $0 + (try Money(decimal: $1.balance, code: $1.currency).minorUnits)
        }
    }

    /// What came unasked stands where something was sent before.
    private var correspondence: String {
        var table = TextTable([("bank", .left), ("sends", .left), ("gets", .left)])
        for line in letters.lines { table.add([line.bank, line.sends, line.gets]) }
        return "Two more banks, by ISO 20022 messages alone\n\(table.text)"
    }

    private var verdict: String {
        let lines = checks.map { check in
            "\(check.holds ? "ok  " : "FAIL") \(check.name)"
                + check.faults.prefix(10).map { "\n       \($0)" }.joined()
        }
        return "Verified\n\(lines.joined(separator: "\n"))"
    }
}

// MARK: - One payment

extension DemoReport {
    private func story(_ history: DemoHistory) -> String {
        let payment = history.payment
        let order = history.entry.order
        var lines = [
            "One payment from submission to settlement",
            "payment    \(payment.uetr)",
            "by         \(history.entry.channel.rawValue), \(order.endToEnd), \(order.remittance)",
            "debtor     \(order.debtorName) at \(payment.payer)",
            "creditor   \(order.creditorName) at \(payment.creditorParticipant)",
            "order      \(DemoReport.terms(payment))",
            "accepted   \(DemoReport.time(payment.acceptedAt))",
            "", changes(history), "", fills(payment), "", transfers(history), "",
            "final      \(payment.status) (\(payment.endReason)): paid \(payment.paid.text), "
                + "received \(payment.received.text), fee \(payment.fee.text)",
        ]
        if history.changes.isEmpty { lines.removeSubrange(7...8) }
        return lines.joined(separator: "\n")
    }

    private static func terms(_ payment: ProtoPayment) -> String {
        let limit = payment.limitRate.isEmpty ? "the collar's limit" : "limit \(payment.limitRate)"
        switch payment.fixed {
        case .payAmount(let amount):
            return "pay \(amount) \(payment.payCurrency) for \(payment.receiveCurrency), \(limit)"
        case .receiveAmount(let amount):
            return
                "receive \(amount) \(payment.receiveCurrency) for \(payment.payCurrency), \(limit)"
        case nil:
            return limit
        }
    }

    private func changes(_ history: DemoHistory) -> String {
        var table = TextTable([
            ("time", .left), ("status", .left), ("held", .right), ("paid", .right),
            ("received", .right), ("remaining", .right),
        ])
        for change in history.changes {
            table.add([
                DemoReport.time(change.updatedAt), change.status, change.held.text,
                change.paid.text, change.received.text, change.remaining,
            ])
        }
        return table.text
    }

    private func fills(_ payment: ProtoPayment) -> String {
        var table = TextTable([
            ("fill", .right), ("time", .left), ("rate", .right), ("paid", .right),
            ("received", .right), ("fee", .right),
        ])
        for fill in payment.fills {
            table.add([
                "\(fill.fillID)", DemoReport.time(fill.time), fill.rate, fill.paid.text,
                fill.received.text, fill.fee.text,
            ])
        }
        return table.text
    }

    private func transfers(_ history: DemoHistory) -> String {
        var table = TextTable([
            ("cause", .left), ("entry", .left), ("debit", .left), ("credit", .left),
            ("amount", .right),
        ])
        for transfer in history.transfers {
            func account(_ number: UInt32) -> String {
                "\(number) \(history.owners[number] ?? "?")"
            }
            table.add([
                transfer.cause, transfer.kind, account(transfer.debitAccount),
                account(transfer.creditAccount), transfer.amount.text,
            ])
        }
        return table.text
    }

    /// Time of day in UTC to the millisecond.
    private static func time(_ time: Google_Protobuf_Timestamp) -> String {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        return time.date.formatted(style)
    }
}
