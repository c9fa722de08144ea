internal import Chance
internal import Domain

extension RandomHistory {
    /// Five corridors with 0, 2 and 3 minor digits, and at times one at the edge of the rules.
    static func corridors(_ random: inout SplitMix64) -> [Corridor] {
        let extreme = random.below(4)
        var corridors = [
            corridor(&random, .thb, tick: 10_000, reference: 493_000_000),
            corridor(&random, .idr, tick: 100_000_000, reference: 220_000_000_000),
            corridor(&random, .vnd, tick: 100_000_000, reference: 350_000_000_000),
            corridor(&random, .kwd, tick: 100, reference: 4_250_000),
            corridor(&random, .usd, tick: 1_000, reference: 14_000_000),
        ]
        corridors[0].weekdays = 0b001_1111
        corridors[0].utcOffsetMinutes = 420
        corridors[0].opensAtMinute = 480
        corridors[0].cutOffMinute = 1_050
        if extreme == 0 {
            corridors[4] = corridor(
                &random, .lak, tick: 10_000_000, reference: Limits.maximumRate - 20_000_000)
        } else if extreme == 1 {
            corridors[4] = corridor(&random, .eur, tick: 1, reference: 37)
            corridors[4].maximumSize = Limits.maximumAmount
        }
        return corridors
    }

    private static func corridor(
        _ random: inout SplitMix64, _ foreign: Currency, tick: Int64, reference: Int64
    ) -> Corridor {
        Corridor(
            foreign: foreign, tick: Rate(scaled: tick), referenceRate: Rate(scaled: reference),
            collarBasisPoints: random.pick([10, 100, 500, 2_000]),
            minimumSize: random.pick([1, 1, 100, 1_000]), maximumSize: 100_000_000_000,
            feePartsPerMillion: random.pick([0, 0, 150, 2_500, 100_000]),
            selfMatch: random.pick(SelfMatch.allCases))
    }

    mutating func newOrder() -> PaymentOrder {
        let corridor = random.pick(corridors)
        let payer =
            random.percent(92)
            ? random.pick(Banks.payers)
            : random.pick([
                Banks.dealer, Banks.receiver, Banks.unknown, Banks.branch, Banks.office,
                Banks.vientiane, Banks.luang,
            ])
        let creditor =
            random.percent(94)
            ? random.pick(Banks.payers + [Banks.receiver])
            : random.pick([Banks.unknown, payer, Banks.branch, Banks.office])
        let submitters: [BIC: [BIC]] = [
            Banks.branch: [Banks.branch, Banks.branch, Banks.beijing],
            Banks.office: [Banks.office, Banks.bangkok],
            Banks.vientiane: [Banks.beijing, Banks.branch, Banks.office],
            Banks.luang: [Banks.beijing, Banks.bangkok],
        ]
        // A customer's payment goes through a chain of banks: a leg of it may be here already.
        let chained = random.percent(6) ? submitted.last?.uetr : nil
        var order = PaymentOrder(
            uetr: chained ?? random.uetr(), submitter: random.pick(submitters[payer] ?? [payer]),
            payer: payer, creditor: creditor,
            foreign: corridor.foreign, side: random.pick(Side.allCases),
            fixed: random.pick(FixedAmount.allCases), amount: 0)
        order.amount = amount(order, corridor)
        order.limit = limit(order, corridor)
        setTerms(&order)
        if random.percent(3) { spoil(&order) }
        order = sealed(order)
        if rules >= .v4, random.percent(15) { order.settlementDate = settlementDate() }
        submitted.append(order)
        return order
    }

    /// Mostly today or one of the next days, in Beijing.
    mutating func settlementDate() -> CivilDate {
        let today = (now + 8 * 3_600_000_000_000) / 86_400_000_000_000
        let ahead = random.percent(85) ? random.below(5) : random.below(24) - 3
        return CivilDate(rawValue: UInt16(today) + 3).advanced(by: ahead - 3) ?? .none
    }

    /// When what a bank's payments for a later date can cost is held.
    mutating func datedFunding() -> Command {
        .declared(
            SetDatedFunding(
                participant: random.pick(Banks.payers + [Banks.unknown]),
                funding: random.pick(DatedFunding.allCases)))
    }

    /// From the minimum up in even magnitudes, so that small orders nibble at large ones.
    private mutating func amount(_ order: PaymentOrder, _ corridor: Corridor) -> Int64 {
        let isDear = corridor.referenceRate.scaled < 1_000
        var fen = corridor.minimumSize + random.between(0...3)
        let magnitudes = random.below(isDear ? 8 : 6)
        for _ in 0..<magnitudes { fen = fen * 10 + random.between(0...9) }
        if isDear { fen *= 10_000 }
        if random.percent(30) { fen = fen / 1_000 * 1_000 + 1_000 }
        guard (order.side == .payRenminbi) != (order.fixed == .pay) else { return fen }
        let divisor = Int128(order.foreign.rateDivisor)
        let foreign = Int128(fen) * Int128(corridor.referenceRate.scaled) / divisor
        return Int64(clamping: foreign + Int128(random.below(3)))
    }

    mutating func limit(_ order: PaymentOrder, _ corridor: Corridor) -> Rate {
        let reference = corridor.referenceRate.scaled / corridor.tick.scaled
        switch random.below(100) {
        case 0..<12: return .none
        case 12: return Rate(scaled: corridor.referenceRate.scaled + corridor.tick.scaled / 2)
        case 13: return Rate(scaled: corridor.referenceRate.scaled * 2)
        case 14: return Rate(scaled: -corridor.tick.scaled)
        case 15..<30:
            let edge = random.percent(50) ? corridor.lowestRate : corridor.highestRate
            return edge
        default:
            // Away from the other side a little more often than into it.
            let away: Int64 = order.side == .payRenminbi ? 1 : -1
            return Rate(scaled: (reference + random.between(-2...3) * away) * corridor.tick.scaled)
        }
    }

    mutating func setTerms(_ order: inout PaymentOrder) {
        switch random.below(100) {
        case 0..<45: order.timeInForce = .goodTillCancelled
        case 45..<60: order.timeInForce = .day
        case 60..<72:
            order.timeInForce = .goodTillDate
            let last = batches.last?.timestamp ?? 0
            order.expiresAt = last + random.between(-1_000_000_000...20_000_000_000_000)
        case 72..<90: order.timeInForce = .immediateOrCancel
        default: order.timeInForce = .fillOrKill
        }
        switch random.below(100) {
        case 0..<14:
            order.fillPolicy = .minimum
            order.minimumFill = 1 + random.between(0...order.amount) / random.between(1...4)
        case 14..<26: order.fillPolicy = .complete
        default: order.fillPolicy = .any
        }
    }

    private mutating func spoil(_ order: inout PaymentOrder) {
        switch random.below(8) {
        case 0: order.amount = 0
        case 1: order.amount = .min
        case 2: order.amount = .max
        case 3: order.foreign = random.pick([.cny, .jpy, .bhd])
        case 4: order.submitter = random.pick(Banks.payers)
        case 5: order.minimumFill = -1
        case 6: order.expiresAt = 1
        default: order.amount = Limits.maximumAmount
        }
    }
}
