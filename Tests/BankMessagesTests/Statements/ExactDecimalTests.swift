import BankMessages
import Chance
import Testing

@Suite("Exact decimals")
struct ExactDecimalTests {
    @Test("Numbers are read as they are written")
    func reading() {
        for (text, unscaled, scale) in [
            ("0", 0, 0), ("1", 1, 0), ("-1.50", -150, 2), ("+1.5", 15, 1), ("007.10", 710, 2),
            (".5", 5, 1), ("5.", 5, 0), ("1000", 1_000, 0), ("1.000", 1_000, 3), ("0.00", 0, 2),
            ("000000000012.345", 12_345, 3), ("999999999999999999", 999_999_999_999_999_999, 0),
            ("0.123456789", 123_456_789, 9), ("1.10000000000000000000", 1_100_000_000, 9),
            ("0000000000000000000000000001", 1, 0),
        ] as [(String, Int64, UInt8)] {
            let number = decimal(text)
            #expect(number?.unscaled == unscaled, "\(text)")
            #expect(number?.scale == scale, "\(text)")
        }
        #expect(decimal("1000,", point: ",")?.unscaled == 1_000)
        #expect(decimal(",01", point: ",")?.description == "0.01")
    }

    @Test(
        "What is no number, or has no room, is none",
        arguments: [
            "", "-", "+", ".", "-.", "--1", "1-", "12..34", "1.2.3", "1,5", "1 000", " 1", "1e5",
            "1'000", "0x1", "NaN", "１", "1000000000000000000", "0.1234567891",
            "100000000000.00000001", "1.234,56",
        ])
    func refusing(text: String) {
        #expect(decimal(text) == nil)
    }

    @Test("A point is the one agreed, and no other")
    func points() {
        #expect(decimal("25,000", point: ",")?.description == "25.000")
        #expect(decimal("25,000") == nil)
        #expect(decimal("25.000", point: ",") == nil)
        #expect(decimal("1.234,56", point: ",") == nil)
    }

    @Test("Rule 15: what is added up is exact, and zero is zero")
    func sums() throws {
        func sum(_ texts: [String]) -> ExactSum {
            texts.reduce(into: ExactSum.zero) { $0 += decimal($1)! }
        }
        #expect((sum(["0.1", "0.2"]) - sum(["0.3"])).isZero)
        #expect(sum(["2557.68"]).description == "2557.68")
        #expect(sum(Array(repeating: "0.01", count: 1_000)).description == "10.00")
        // A yen has no minor unit, a dinar of Bahrain a thousand.
        #expect(sum(["1", "2"]).description == "3")
        #expect(sum(["1.001", "-1"]).description == "0.001")
        #expect(sum(["1.5", "1.500"]) == sum(["3"]))
        let most = try #require(decimal("999999999999999999"))
        var large = ExactSum.zero
        for _ in 0..<1_000 { large += most }
        #expect(large.description == "999999999999999999000")
        #expect(large.decimal == nil)
        #expect((-large).description == "-999999999999999999000")
    }

    @Test("Values are equal whatever zeros they end with, and are ordered by value")
    func order() {
        #expect(decimal("1.5") == decimal("1.500"))
        #expect(decimal("1.5")?.hashValue == decimal("1.500")?.hashValue)
        #expect(decimal("-0") == decimal("0"))
        #expect(decimal("999999999999999999")! > decimal("0.999999999")!)
        #expect(decimal("-2")! < decimal("-1.999")!)
    }

    @Test("What is written is read again")
    func roundTrip() {
        var random = SplitMix64(seed: 15)
        for _ in 0..<10_000 {
            let scale = UInt8(random.below(10))
            let unscaled = Int64(random.below(1_000_000_000)) * Int64(random.below(1_000_000_000))
            let number = ExactDecimal(
                unscaled: random.below(2) == 0 ? unscaled : -unscaled, scale: scale)
            let read = decimal(number.description)
            #expect(read == number && read?.scale == scale, "\(number)")
        }
    }
}
