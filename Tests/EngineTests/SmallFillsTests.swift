internal import Chance
internal import Domain
internal import Engine
internal import Scenarios
internal import Testing

/// R5.3, R6.5: the worst that many small fills can do to an order that fixes what it receives.
@Suite struct SmallFillsTests {
    struct Row: CustomStringConvertible {
        var foreign: Currency
        var rate: String
        var side: Side
        /// How each small resting order is stated.
        var makers: FixedAmount
        var amount: Int64
        /// What one received minor unit costs at the limit, rounded up: the most that a fill loses.
        var unit: Int64
        /// Pay minor units beyond the limit after 1, 16 and 60 fills, rounded up. The last fill may
        /// be exact, for there the arriving order's rest binds.
        var overpaid: [Int64]

        var description: String { "\(foreign.code) \(side) against \(makers) of \(amount)" }
    }

    static let rows = [
        Row(
            foreign: .thb, rate: "4.93", side: .payRenminbi, makers: .pay, amount: 5, unit: 1,
            overpaid: [1, 16, 60]),
        Row(
            foreign: .thb, rate: "4.93", side: .payForeign, makers: .receive, amount: 9, unit: 5,
            overpaid: [1, 62, 241]),
        Row(
            foreign: .idr, rate: "2200", side: .payForeign, makers: .receive, amount: 4_399,
            unit: 2_200, overpaid: [0, 32_985, 129_741]),
        Row(
            foreign: .usd, rate: "0.14", side: .payRenminbi, makers: .receive, amount: 14, unit: 8,
            overpaid: [7, 110, 412]),
        Row(
            foreign: .kwd, rate: "0.0425", side: .payRenminbi, makers: .receive, amount: 4,
            unit: 3, overpaid: [2, 27, 99]),
        Row(
            foreign: .vnd, rate: "3500", side: .payForeign, makers: .receive, amount: 69,
            unit: 35, overpaid: [0, 510, 2_006]),
    ]

    @Test(arguments: rows)
    func lossStaysBelowOneUnitAFill(row: Row) throws {
        for (count, overpaid) in zip([1, 16, 60], row.overpaid) {
            let payment = try settle(row, count: count)
            #expect(payment.status == .settled)
            #expect(payment.held == 0)
            let rate = Fraction(Int128(payment.limit.scaled), row.foreign)
            let received = Int128(payment.received)
            let excess =
                row.side == .payRenminbi
                ? ceil(Int128(payment.paid) * rate.up - received * rate.down, rate.up)
                : ceil(Int128(payment.paid) * rate.down - received * rate.up, rate.down)
            #expect(excess == Int128(overpaid), "\(row), \(count) fills")
            #expect(excess <= Int128(count) * Int128(row.unit))
        }
    }

    /// R6.8 an arrival that meets more orders than it may fill ends there.
    @Test func anArrivalEndsAtTheFillLimit() throws {
        let payment = try settle(SmallFillsTests.rows[0], count: 4_100)
        #expect(payment.status == .cancelled && payment.endReason == .fillLimit)
        #expect(payment.received == 4_096 * 5 && payment.held == 0)
    }

    /// So many resting orders of one small amount, and one order that receives what all give.
    private func settle(_ row: Row, count: Int) throws -> PaymentRow {
        var random = SplitMix64(seed: 8)
        let rate = try Rate(decimal: row.rate)
        let fraction = Fraction(Int128(rate.scaled), row.foreign)
        let corridor = Corridor(
            foreign: row.foreign, tick: rate, referenceRate: rate, collarBasisPoints: 1,
            minimumSize: 1, maximumSize: Limits.maximumAmount, selfMatch: .allow)
        var commands = Banks.registrations.map { Command.given(RegisterParticipant($0)) }
        commands.append(.given(ConfigureCorridor(corridor)))
        for bic in [Banks.beijing, Banks.jakarta] {
            for currency in [Currency.cny, row.foreign] {
                commands.append(
                    .given(
                        Fund(
                            reference: random.uetr(), participant: bic, currency: currency,
                            amount: 1_000_000_000)))
            }
        }
        for _ in 0..<count {
            commands.append(
                .submitPayment(
                    PaymentOrder(
                        uetr: random.uetr(), submitter: Banks.jakarta, payer: Banks.jakarta,
                        creditor: Banks.beijing, foreign: row.foreign, side: row.side.opposite,
                        fixed: row.makers, amount: row.amount, limit: rate)))
        }
        let each =
            row.makers == .pay
            ? Int128(row.amount)
            : row.side == .payRenminbi
                ? floor(Int128(row.amount) * fraction.up, fraction.down)
                : floor(Int128(row.amount) * fraction.down, fraction.up)
        commands.append(
            .submitPayment(
                PaymentOrder(
                    uetr: random.uetr(), submitter: Banks.beijing, payer: Banks.beijing,
                    creditor: Banks.jakarta, foreign: row.foreign, side: row.side, fixed: .receive,
                    amount: Int64(each) * Int64(count), limit: rate)))
        var engine = Engine()
        var effects = Effects()
        let timed = TimedCommands(timestamp: 1_767_574_800_000_000_000, commands: commands)
        engine.apply(timed.batch, at: 1, into: &effects)
        try check(
            "R6.5", effects.fills.count == min(count, 4_096), "\(effects.fills.count) fills, \(row)"
        )
        guard let last = effects.payments.max(by: { $0.id < $1.id }) else {
            throw Violation(description: "R6.5: no payment")
        }
        return last
    }
}
