internal import Domain

// Conversions at a rate, as the rules need them. `divisor` is that of the corridor's currency:
// foreign minor units = fen × rate ÷ divisor.

/// What an amount of the pay currency buys at a rate, as the fraction that it is: to compare it no
/// division is needed.
struct Purchase: BitwiseCopyable {
    private let product: UInt128
    private let divisor: UInt128

    @inline(__always)
    init(_ amount: Int64, side: Side, at rate: Rate, divisor: Divisor) {
        let (factor, bar) =
            side == .payRenminbi ? (rate.scaled, divisor.value) : (divisor.value, rate.scaled)
        let full = UInt64(amount).multipliedFullWidth(by: UInt64(factor))
        product = UInt128(full.high) << 64 | UInt128(full.low)
        self.divisor = UInt128(UInt64(bar))
    }

    /// Not even one minor unit.
    @inline(__always)
    var isNothing: Bool { product < divisor }

    /// More than the largest amount.
    @inline(__always)
    var isTooLarge: Bool { product >= divisor * UInt128(UInt64(Limits.maximumAmount) + 1) }
}

/// What an unfilled `amount` can cost at most at the limit, without fee; nil on overflow.
@inline(__always)
func worstPay(
    _ amount: Int64, side: Side, fixed: FixedAmount, limit: Rate, divisor: Divisor
) -> Int64? {
    guard fixed == .receive else { return amount }
    return side == .payRenminbi
        ? multiply(amount, by: divisor.value, dividedBy: limit.scaled, .up)
        : multiply(amount, by: limit.scaled, dividedBy: divisor, .up)
}

/// The fee on all that a payment has paid, rounded down to a minor unit.
@inline(__always)
func wholeFee(on paid: Int64, _ partsPerMillion: UInt32) -> Int64 {
    let (product, overflow) = UInt64(paid).multipliedReportingOverflow(by: UInt64(partsPerMillion))
    if !overflow { return Int64(product / 1_000_000) }
    // At most a tenth of an amount that is itself far below 2⁶³.
    return multiply(paid, by: Int64(partsPerMillion), dividedBy: 1_000_000, .down)!
}

/// What is left of an order, in minor units of the currency that it fixes.
struct Rest: BitwiseCopyable {
    var amount: Int64
    var isRenminbi: Bool
}

/// What two orders exchange at the resting order's rate.
struct Exchange: BitwiseCopyable {
    var renminbi: Int64
    var foreign: Int64
    /// Parts of the two orders' remainders that it uses, each in its own unit.
    var takerUsed: Int64
    var makerUsed: Int64
    /// The taker's remainder is too small to buy one minor unit here.
    var takerIsDust = false
}

/// The pair of amounts that two opposite orders exchange at the resting order's rate.
///
/// The side whose remainder binds gets exactly that amount; the other amount is rounded to a minor
/// unit in favour of the resting order. If that leaves nothing to pay, a resting order that fixes
/// what it receives pays one minor unit; an arriving one that fixes what it pays is dust.
@inline(always)
func exchange(
    _ taker: Rest, _ maker: Rest, makerSide: Side, at rate: Rate, divisor: Divisor
) -> Exchange {
    // Who gives renminbi gains when less of it moves, or more foreign currency.
    let renminbiRounding: Rounding = makerSide == .payRenminbi ? .down : .up
    let foreignRounding: Rounding = makerSide == .payRenminbi ? .up : .down
    let takerBinds: Bool
    let bindsRenminbi: Bool
    if taker.isRenminbi == maker.isRenminbi {
        takerBinds = taker.amount < maker.amount
        bindsRenminbi = taker.isRenminbi
    } else {
        let renminbi = taker.isRenminbi ? taker.amount : maker.amount
        let foreign = taker.isRenminbi ? maker.amount : taker.amount
        let worth = multiply(renminbi, by: rate.scaled, dividedBy: divisor, foreignRounding)
        bindsRenminbi = (worth ?? .max) <= foreign
        takerBinds = bindsRenminbi == taker.isRenminbi
    }
    let bound = takerBinds ? taker.amount : maker.amount
    // The bound amount is at most that of the other order, whose own worst case fits.
    var renminbi =
        bindsRenminbi
        ? bound : multiply(bound, by: divisor.value, dividedBy: rate.scaled, renminbiRounding)!
    var foreign =
        bindsRenminbi
        ? multiply(bound, by: rate.scaled, dividedBy: divisor, foreignRounding)! : bound
    var takerIsDust = false
    if renminbi == 0 || foreign == 0 {
        takerIsDust = takerBinds
        renminbi = max(renminbi, 1)
        foreign = max(foreign, 1)
    }
    return Exchange(
        renminbi: renminbi, foreign: foreign,
        takerUsed: taker.isRenminbi ? renminbi : foreign,
        makerUsed: maker.isRenminbi ? renminbi : foreign, takerIsDust: takerIsDust)
}
