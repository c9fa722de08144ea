internal import Chance
internal import Domain

/// The fictitious banks of the benchmarks, alternately at home in China and abroad.
struct BenchmarkBanks {
    let chinese: [BIC]
    let foreign: [BIC]
    let corridors: [Corridor]

    /// - Parameters:
    ///   - count: banks in all.
    ///   - currencies: the corridors' foreign currencies.
    ///   - collarBasisPoints: half-width of every collar.
    init(count: Int, currencies: [Currency], collarBasisPoints: UInt16) {
        self.init(
            count: count,
            corridors: currencies.map { currency in
                Corridor(
                    foreign: currency, tick: Rate(scaled: 10_000),
                    referenceRate: Rate(scaled: BenchmarkBanks.midTick * 10_000),
                    collarBasisPoints: collarBasisPoints, minimumSize: 100,
                    maximumSize: 1_000_000_000_000, feePartsPerMillion: 200,
                    selfMatch: .cancelNewest)
            })
    }

    /// Banks of the market's corridors.
    ///
    /// - Parameter count: banks in all.
    init(count: Int, market: [MarketCorridor]) {
        self.init(
            count: count,
            corridors: market.map {
                Corridor(
                    foreign: $0.foreign, tick: $0.tick, referenceRate: $0.referenceRate,
                    collarBasisPoints: MarketCorridor.collarBasisPoints,
                    minimumSize: MarketCorridor.minimumSize,
                    maximumSize: MarketCorridor.maximumSize,
                    feePartsPerMillion: $0.feePartsPerMillion, selfMatch: .cancelNewest)
            })
    }

    private init(count: Int, corridors: [Corridor]) {
        chinese = (0..<count / 2).map { BenchmarkBanks.bic("CN", $0) }
        foreign = (0..<count / 2).map { BenchmarkBanks.bic("TH", $0) }
        self.corridors = corridors
    }

    /// The reference rate in ticks: 4.93 foreign units for a yuan.
    static let midTick: Int64 = 49_300

    private static func bic(_ country: String, _ number: Int) -> BIC {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        let prefix = "LQ\(letters[number / 26])\(letters[number % 26])"
        return BIC("\(prefix)\(country)B0")!  // of the form that a BIC has
    }

    /// Registers the banks, opens the corridors and funds every account.
    var opening: [Command] {
        var commands: [any DeclaredCommand] = (chinese + foreign).map { bic in
            RegisterParticipant(
                ParticipantRegistration(bic: bic, country: bic.country, roles: .payer))
        }
        commands += corridors.map { ConfigureCorridor($0) }
        var random = SplitMix64(seed: 1)
        for bic in chinese { commands.append(fund(bic, .cny, &random)) }
        for bic in foreign {
            for corridor in corridors { commands.append(fund(bic, corridor.foreign, &random)) }
        }
        return commands.enumerated().map { number, command in
            .declared(
                command,
                by: CommandActor(
                    name: BenchmarkBanks.operator, commandID: UInt128(number), contentHash: 0))
        }
    }

    /// Who gives all that.
    private static let `operator` = OperatorName("benchmark")!  // of the form that a name has

    private func fund(_ bic: BIC, _ currency: Currency, _ random: inout SplitMix64) -> Fund {
        Fund(
            reference: random.uetr(), participant: bic, currency: currency,
            amount: Limits.maximumAmount)
    }
}
