package import Domain

/// A corridor as an invented market has it: what the demonstration and workload W3 agree on.
package struct MarketCorridor: Sendable {
    package let foreign: Currency
    package let referenceRate: Rate
    package let tick: Rate
    package let feePartsPerMillion: UInt32
    /// How many of a hundred of its region's payments run here.
    package let share: Int64

    /// Half-width of every collar.
    package static let collarBasisPoints: UInt16 = 200
    /// The smallest order, in fen.
    package static let minimumSize: Int64 = 100
    /// The largest order, in fen.
    package static let maximumSize: Int64 = 5_000_000_000

    /// - Parameters:
    ///   - rate: the reference rate, scaled by 10⁸ like every rate.
    ///   - tick: the same of the tick.
    init(
        _ foreign: Currency, rate: Int64, tick: Int64, feePartsPerMillion: UInt32, share: Int64
    ) {
        self.foreign = foreign
        referenceRate = Rate(scaled: rate)
        self.tick = Rate(scaled: tick)
        self.feePartsPerMillion = feePartsPerMillion
        self.share = share
    }

    /// The four of the demonstration.
    package static let demonstrated = [
        MarketCorridor(
            .thb, rate: 462_000_000, tick: 50_000, feePartsPerMillion: 50, share: 30),
        MarketCorridor(.myr, rate: 59_000_000, tick: 10_000, feePartsPerMillion: 60, share: 25),
        MarketCorridor(.sgd, rate: 18_100_000, tick: 1_000, feePartsPerMillion: 40, share: 25),
        MarketCorridor(
            .idr, rate: 229_000_000_000, tick: 10_000_000, feePartsPerMillion: 80, share: 20),
    ]

    /// Twelve: those four, and two more regions of four with the same shares.
    package static let all =
        demonstrated + [
            MarketCorridor(
                .hkd, rate: 110_000_000, tick: 10_000, feePartsPerMillion: 50, share: 30),
            MarketCorridor(.usd, rate: 14_100_000, tick: 1_000, feePartsPerMillion: 60, share: 25),
            MarketCorridor(
                .jpy, rate: 2_190_000_000, tick: 200_000, feePartsPerMillion: 40, share: 25),
            MarketCorridor(
                .php, rate: 810_000_000, tick: 100_000, feePartsPerMillion: 80, share: 20),
            MarketCorridor(
                .vnd, rate: 368_000_000_000, tick: 20_000_000, feePartsPerMillion: 50, share: 30),
            MarketCorridor(
                .lak, rate: 303_000_000_000, tick: 20_000_000, feePartsPerMillion: 60, share: 25),
            MarketCorridor(
                .khr, rate: 56_300_000_000, tick: 5_000_000, feePartsPerMillion: 40, share: 25),
            MarketCorridor(
                .mmk, rate: 29_400_000_000, tick: 2_000_000, feePartsPerMillion: 80, share: 20),
        ]

    /// A rate so many hundredths of a per cent beside the reference rate, on the tick.
    package func rate(basisPoints: Int64) -> Rate {
        let ticks = referenceRate.scaled / tick.scaled
        return Rate(scaled: (ticks + ticks * basisPoints / 10_000) * tick.scaled)
    }

    /// What `fen` are worth at the reference rate, in minor units of the foreign currency.
    ///
    /// - Precondition: it fits; an invented market's amounts are far from the bounds of 64 bits.
    package func foreignAmount(_ fen: Int64) -> Int64 {
        referenceRate.foreign(forFen: fen, in: foreign, .down)!
    }
}
