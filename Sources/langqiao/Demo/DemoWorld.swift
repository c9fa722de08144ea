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
    let foreign: Currency
    let reference: Rate
    let tick: Rate
    let feePartsPerMillion: UInt32
    /// The bank at home in the currency.
    let home: BIC
    /// Another bank that has an account in it.
    let regional: BIC
    /// How many of a hundred payments run here.
    let share: Int64

    /// A rate so many hundredths of a per cent beside the reference rate, on the tick.
    func rate(basisPoints: Int64) -> Rate {
        let ticks = reference.scaled / tick.scaled
        return Rate(scaled: (ticks + ticks * basisPoints / 10_000) * tick.scaled)
    }

    /// What `fen` are worth in the foreign currency at the reference rate.
    func foreignMoney(_ fen: Int64) -> Money {
        // A demonstration's amounts are far from the bounds of 64 bits.
        Money(minorUnits: reference.foreign(forFen: fen, in: foreign, .down)!, currency: foreign)
    }

    var definition: ProtoCorridor {
        var corridor = ProtoCorridor()
        corridor.foreignCurrency = foreign.code
        corridor.tick = tick.decimal
        corridor.referenceRate = reference.decimal
        corridor.collarBasisPoints = 200
        corridor.minimumSize = Money(minorUnits: DemoWorld.minimumSize, currency: .cny).decimal
        corridor.maximumSize = "50000000.00"
        corridor.feePartsPerMillion = feePartsPerMillion
        corridor.selfMatch = .cancelNewest
        corridor.utcOffsetMinutes = 480
        return corridor
    }
}

/// The banks and corridors of the demonstration. All names are invented.
enum DemoWorld {
    /// The smallest order of every corridor, in fen.
    static let minimumSize: Int64 = 100

    static let yangtze = bic("YTZGCNB0")
    static let pearl = bic("PRLGCNG0")
    static let chaoPhraya = bic("CPLBTHB0")
    static let straits = bic("STLBMYK0")
    static let lionCity = bic("LCQBSGS0")
    static let archipelago = bic("ARPBIDJ0")

    static let chinese = [yangtze, pearl]

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

    static let corridors = [
        DemoCorridor(
            foreign: .thb, reference: Rate(scaled: 462_000_000), tick: Rate(scaled: 50_000),
            feePartsPerMillion: 50, home: chaoPhraya, regional: lionCity, share: 30),
        DemoCorridor(
            foreign: .myr, reference: Rate(scaled: 59_000_000), tick: Rate(scaled: 10_000),
            feePartsPerMillion: 60, home: straits, regional: lionCity, share: 25),
        DemoCorridor(
            foreign: .sgd, reference: Rate(scaled: 18_100_000), tick: Rate(scaled: 1_000),
            feePartsPerMillion: 40, home: lionCity, regional: straits, share: 25),
        DemoCorridor(
            foreign: .idr, reference: Rate(scaled: 229_000_000_000),
            tick: Rate(scaled: 10_000_000), feePartsPerMillion: 80, home: archipelago,
            regional: lionCity, share: 20),
    ]

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
