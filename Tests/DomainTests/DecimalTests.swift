internal import Chance
internal import Domain
internal import Scenarios
internal import Testing

@Suite struct DecimalTests {
    @Test func amountsKeepEveryDigit() throws {
        var random = SplitMix64(seed: 1)
        for _ in 0..<20_000 {
            let currency = random.pick(Currency.allCases)
            let value = Int64(bitPattern: random.next()) >> Int64(random.below(63))
            guard value != .min else { continue }
            let money = Money(minorUnits: value, currency: currency)
            #expect(try Money(decimal: money.decimal, currency: currency) == money)
        }
    }

    @Test(arguments: [
        ("1250", Currency.thb, Int64(125_000), "1250.00"), ("0.05", .cny, 5, "0.05"),
        ("-3.5", .cny, -350, "-3.50"), ("007.1", .usd, 710, "7.10"), ("12", .vnd, 12, "12"),
        ("1.234", .kwd, 1_234, "1.234"), ("-0", .vnd, 0, "0"),
        ("92233720368547758.07", .cny, .max, "92233720368547758.07"),
    ])
    func examples(text: String, currency: Currency, value: Int64, written: String) throws {
        let money = try Money(decimal: text, currency: currency)
        #expect(money.minorUnits == value)
        #expect(money.decimal == written)
    }

    @Test(
        arguments: [
            "", "-", ".", "1.", ".5", "1.2.3", "1,000", "+1", "1e3", " 1", "1 ", "--1", "١",
        ])
    func malformed(text: String) {
        #expect(throws: DecimalError.malformed) { try Money(decimal: text, currency: .cny) }
    }

    @Test func digitsAreNeverRoundedAway() {
        #expect(throws: DecimalError.tooManyDigits(allowed: 2)) {
            try Money(decimal: "1.000", currency: .cny)
        }
        #expect(throws: DecimalError.tooManyDigits(allowed: 0)) {
            try Money(decimal: "1.0", currency: .vnd)
        }
        #expect(throws: DecimalError.overflow) {
            try Money(decimal: "92233720368547758.08", currency: .cny)
        }
        #expect(throws: DecimalError.overflow) {
            try Money(decimal: "92233720368547759", currency: .cny)
        }
    }

    @Test func ratesHaveEightDigitsAndABound() throws {
        #expect(try Rate(decimal: "4.9312").scaled == 493_120_000)
        #expect(try Rate(decimal: "4.9312").decimal == "4.9312")
        #expect(try Rate(decimal: "2200").decimal == "2200.00")
        #expect(try Rate(decimal: "0.00000001").decimal == "0.00000001")
        #expect(throws: DecimalError.malformed) { try Rate(decimal: "0") }
        #expect(throws: DecimalError.malformed) { try Rate(decimal: "-1") }
        #expect(throws: DecimalError.overflow) { try Rate(decimal: "100000.00000001") }
        #expect(throws: DecimalError.tooManyDigits(allowed: 8)) {
            try Rate(decimal: "0.000000001")
        }
    }
}

@Suite struct RateTests {
    @Test func conversionsAreExactThenRounded() {
        var random = SplitMix64(seed: 2)
        for _ in 0..<50_000 {
            let currency = random.pick(Currency.allCases.filter { $0 != .cny })
            let scaled = random.between(0...Limits.maximumRate) >> random.between(0...43)
            let rate = Rate(scaled: 1 + scaled)
            let amount = random.between(0...Int64.max - 1) >> random.between(0...62)
            let factor = [1, 10, 100, 1_000][currency.minorDigits] * Int128(rate.scaled)
            let scale: Int128 = 10_000_000_000
            let foreign = Int128(amount) * factor
            let fen = Int128(amount) * scale
            let up = { (a: Int128, b: Int128) in Int64(exactly: a / b + (a % b > 0 ? 1 : 0)) }
            let down = { (a: Int128, b: Int128) in Int64(exactly: a / b) }
            #expect(rate.foreign(forFen: amount, in: currency, .up) == up(foreign, scale))
            #expect(rate.foreign(forFen: amount, in: currency, .down) == down(foreign, scale))
            #expect(rate.fen(forForeign: amount, in: currency, .up) == up(fen, factor))
            #expect(rate.fen(forForeign: amount, in: currency, .down) == down(fen, factor))
        }
    }
}
