internal import Benchmark
internal import Domain
internal import Gateway

/// A fictitious bank. The eighth character of its BIC, 0, marks a BIC for tests.
struct DemoBank: Sendable {
    let bic: BIC
    let name: String
    /// What it brings to the settlement agent before the morning.
    let funds: [Money]
    /// Firms that pay and are paid through it.
    let customers: [String]
}

/// A corridor and who pays in its foreign currency.
struct DemoCorridor: Sendable {
    let market: MarketCorridor
    /// The bank at home in the currency.
    let home: BIC
    /// Another bank that has an account in it.
    let regional: BIC

    var foreign: Currency { market.foreign }
    var reference: Rate { market.referenceRate }

    /// A rate so many hundredths of a per cent beside the reference rate, on the tick.
    func rate(basisPoints: Int64) -> Rate { market.rate(basisPoints: basisPoints) }

    /// What `fen` are worth in the foreign currency at the reference rate.
    func foreignMoney(_ fen: Int64) -> Money {
        Money(minorUnits: market.foreignAmount(fen), currency: foreign)
    }

    var definition: ProtoCorridor {
        var corridor = ProtoCorridor()
        corridor.foreignCurrency = foreign.code
        corridor.tick = market.tick.decimal
        corridor.referenceRate = reference.decimal
        corridor.collarBasisPoints = UInt32(MarketCorridor.collarBasisPoints)
        corridor.minimumSize = Money(minorUnits: DemoWorld.minimumSize, currency: .cny).decimal
        corridor.maximumSize =
            Money(minorUnits: MarketCorridor.maximumSize, currency: .cny).decimal
        corridor.feePartsPerMillion = market.feePartsPerMillion
        corridor.selfMatch = .cancelNewest
        corridor.utcOffsetMinutes = 480
        return corridor
    }
}

/// The banks and corridors of the demonstration. All names are invented.
enum DemoWorld {
    /// The smallest order of every corridor, in fen.
    static let minimumSize = MarketCorridor.minimumSize

    static let yangtze = bic("YTZGCNB0")
    static let pearl = bic("PRLGCNG0")
    static let chaoPhraya = bic("CPLBTHB0")
    static let straits = bic("STLBMYK0")
    static let lionCity = bic("LCQBSGS0")
    static let archipelago = bic("ARPBIDJ0")

    static let chinese = [yangtze, pearl]

    /// Two banks that use ISO 20022 messages alone.
    static let kunming = bic("KMBDCNK0")
    static let nongKhai = bic("NKRVTHB0")
    static let correspondents = [kunming, nongKhai]
    static let names = [
        kunming: "Kunming Border Bank (fictitious)", nongKhai: "Nong Khai River Bank (fictitious)",
    ]

    static let banks = [
        DemoBank(
            bic: yangtze, name: "Yangtze Gate Bank (fictitious)",
            funds: [money("60000000.00", .cny)],
            customers: [
                "Suzhou Silk Lantern Co", "Wuxi Gearworks", "Hangzhou Tea Machines",
                "Nanjing Clearwater Pumps",
            ]),
        DemoBank(
            bic: pearl, name: "Pearl Delta Bank (fictitious)",
            funds: [money("60000000.00", .cny)],
            customers: [
                "Foshan Ceramics Works", "Shunde Kitchenware", "Zhuhai Drone Parts",
                "Dongguan Toy Foundry",
            ]),
        DemoBank(
            bic: chaoPhraya, name: "Chao Phraya Lotus Bank (fictitious)",
            funds: [money("100000000.00", .thb)],
            customers: ["Chiang Rai Orchards", "Rayong Rubber Mill", "Bangkok Boat Yard"]),
        DemoBank(
            bic: straits, name: "Straits Lantern Bank (fictitious)",
            funds: [money("15000000.00", .myr), money("2000000.00", .sgd)],
            customers: ["Penang Circuit House", "Johor Timber Yard", "Ipoh Tin Craft"]),
        DemoBank(
            bic: lionCity, name: "Lion City Quay Bank (fictitious)",
            funds: [
                money("5000000.00", .sgd), money("40000000.00", .thb), money("6000000.00", .myr),
                money("20000000000.00", .idr),
            ],
            customers: ["Tuas Ship Chandlers", "Jurong Optics", "Marina Freight"]),
        DemoBank(
            bic: archipelago, name: "Archipelago Rainbow Bank (fictitious)",
            funds: [money("50000000000.00", .idr)],
            customers: ["Bandung Batik House", "Surabaya Coffee Roasters", "Medan Spice Traders"]),
    ]

    static let corridors = zip(
        MarketCorridor.demonstrated,
        [
            (home: chaoPhraya, regional: lionCity), (home: straits, regional: lionCity),
            (home: lionCity, regional: straits), (home: archipelago, regional: lionCity),
        ]
    ).map { DemoCorridor(market: $0, home: $1.home, regional: $1.regional) }

    static func bank(_ bic: BIC) -> DemoBank {
        // Every BIC of the plan comes from the list above.
        banks.first { $0.bic == bic }!
    }

    private static func bic(_ text: String) -> BIC { BIC(text)! }

    private static func money(_ text: String, _ currency: Currency) -> Money {
        do {
            return try Money(decimal: text, currency: currency)
        } catch {
            preconditionFailure("\(text) is no amount of \(currency.code)")
        }
    }
}
