import BankMessages
internal import Chance
import Domain
import Testing

@Suite("Charges add up")
struct ChargesArithmeticTests {
    private static func charge(_ currency: String, _ hundredths: Int) -> Charge {
        Charge(currency: currency, hundredThousandths: Int128(hundredths) * 1_000)
    }

    private static func arithmetic(
        _ settled: Int64, _ bearer: ChargeBearer, rate: String? = "4.9312", _ charges: [Charge]
    ) -> ChargesArithmetic {
        ChargesArithmetic(
            instructed: Money(minorUnits: 100_000, currency: .cny),
            settled: Money(minorUnits: settled, currency: .thb),
            rate: rate.flatMap { ExchangeRate($0) }, bearer: bearer, charges: charges)
    }

    /// CNY 1,000.00 at 4.9312 are THB 4,931.20.
    @Test("By who bears them", arguments: [ChargeBearer.creditor, .shared, .serviceLevel])
    func deducted(bearer: ChargeBearer) {
        let baht = [Self.charge("THB", 1_000)]
        #expect(Self.arithmetic(492_120, bearer, baht).conversion != nil)
        #expect(Self.arithmetic(491_120, bearer, baht + baht).conversion != nil)
        // CNY 10.00 before the conversion are THB 49.31 behind it.
        let renminbi = [Self.charge("CNY", 1_000)]
        #expect(Self.arithmetic(488_189, bearer, renminbi).conversion != nil)
        #expect(Self.arithmetic(494_120, bearer, baht).conversion == nil)
        let isApart = Self.arithmetic(493_120, bearer, baht).conversion != nil
        #expect(isApart == (bearer == .serviceLevel))
    }

    /// What a pacs.004 says of an order that returns a payment is what one may say.
    @Test("The factor from one amount to another agrees with both")
    func factor() throws {
        var random = SplitMix64(seed: 2_004)
        for _ in 0..<2_000 {
            let currencies = random.pick([(Currency.cny, Currency.thb), (.vnd, .cny), (.cny, .kwd)])
            let paid = Money(
                minorUnits: random.between(100_000...1_000_000_000), currency: currencies.0)
            let received = Money(
                minorUnits: random.between(100_000...1_000_000_000), currency: currencies.1)
            let rate = try #require(ExchangeRate(from: paid, to: received))
            let arithmetic = ChargesArithmetic(
                instructed: paid, settled: received, rate: rate, bearer: .shared, charges: [])
            #expect(arithmetic.conversion != nil, "\(paid) \(received) \(rate.decimal)")
        }
        let dust = Money(minorUnits: 1, currency: .kwd)
        #expect(ExchangeRate(from: dust, to: Money(minorUnits: .max, currency: .vnd)) == nil)
    }

    @Test("A debtor who pays them has them added, or nothing")
    func prepaid() {
        let baht = [Self.charge("THB", 1_000)]
        #expect(Self.arithmetic(494_120, .debtor, baht).conversion != nil)
        #expect(Self.arithmetic(493_120, .debtor, baht).conversion != nil)
        #expect(Self.arithmetic(492_120, .debtor, baht).conversion == nil)
    }

    @Test("What does not add up shows the sum")
    func words() {
        let charges = [Self.charge("THB", 1_000), Self.charge("CNY", 50)]
        #expect(
            Self.arithmetic(493_120, .shared, charges).contradiction
                == "InstdAmt CNY 1000.00 times XchgRate 4.9312 less charges THB 10.00 less charges "
                + "CNY 0.50 is THB 4918.73, but IntrBkSttlmAmt is THB 4931.20")
        #expect(
            Self.arithmetic(493_120, .shared, [Self.charge("USD", 100)]).contradiction
                == "a charge is in USD, but only CNY and THB can be summed up")
    }

    /// Whatever is stated, nothing overflows.
    @Test("Charges without bounds are refused")
    func bounds() {
        let most = Charge(currency: "CNY", hundredThousandths: 99_999_999_999_999_999_999_999)
        for bearer in ChargeBearer.allCases {
            let sum = Self.arithmetic(
                493_120, bearer, rate: "99999999999", Array(repeating: most, count: 100_000))
            #expect(sum.conversion == nil)
            #expect(!sum.contradiction.isEmpty)
        }
    }

    @Test("Without a rate, what remains is the rate; the debtor is bound by what it instructed")
    func implied() throws {
        let baht = [Self.charge("THB", 1_000)]
        let deducted = try #require(Self.arithmetic(492_120, .shared, rate: nil, baht).conversion)
        #expect(deducted.rate(paying: .cny) == Rate(scaled: 493_120_000))
        let prepaid = try #require(Self.arithmetic(494_120, .debtor, rate: nil, baht).conversion)
        #expect(prepaid.rate(paying: .cny) == Rate(scaled: 494_120_000))
    }

    /// Amounts are made from a rate and charges by division in floating point, each rounded, then
    /// one of them is changed by more than rounding explains.
    @Test("Consistent messages are taken, and one figure changed refuses them")
    func property() {
        var random = SplitMix64(seed: 16_180)
        for _ in 0..<4_000 {
            let rate = ExchangeRate(
                digits: .random(in: 10_000...99_999, using: &random),
                fractionDigits: .random(in: 3...5, using: &random))!
            var factor = Double(rate.digits)
            for _ in 0..<rate.fractionDigits { factor /= 10 }
            let paid = Int64.random(in: 1_000_000...100_000_000, using: &random)
            let charges = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                let amount = Int.random(in: 0...5_000, using: &random)
                return Self.charge(Bool.random(using: &random) ? "CNY" : "THB", amount)
            }
            let bearer = [ChargeBearer.debtor, .creditor, .shared].randomElement(using: &random)!
            let sum = charges.reduce(0.0) {
                $0 + Double($1.hundredThousandths) / 1_000 * ($1.currency == "CNY" ? factor : 1)
            }
            let exact = Double(paid) * factor + (bearer == .debtor ? sum : -sum)
            var story = ChargesArithmetic(
                instructed: Money(minorUnits: paid, currency: .cny),
                settled: Money(minorUnits: Int64(exact.rounded()), currency: .thb), rate: rate,
                bearer: bearer, charges: charges)
            #expect(story.conversion != nil, "\(story)")
            // Ten thousand units of the last digit are beyond one per cent at these rates.
            let slack = Int64(Double(paid) * max(0.011 * factor, 0.000_1)) + Int64(sum) + 100
            story.settled = Money(minorUnits: Int64(exact) + slack, currency: .thb)
            #expect(story.conversion == nil, "\(story)")
        }
    }

    /// The payer never pays more than it instructed, less what was deducted.
    @Test("The limit keeps to the amount")
    func limit() throws {
        let charged = samplePacs008.replacing(
            "<ChrgBr>SHAR</ChrgBr>",
            with: """
                <ChrgBr>CRED</ChrgBr><ChrgsInf><Amt Ccy="THB">10.00</Amt><Agt><FinInstnId/></Agt>\
                </ChrgsInf>
                """
        ).replacing("4931.20", with: "4921.20")
        let instruction = try #require(try instructions(charged).first)
        #expect(instruction.limit == Rate(scaled: 493_120_000))
        #expect(instruction.receiveAmount == Money(minorUnits: 492_120, currency: .thb))
        #expect(instruction.details.charges == [Self.charge("THB", 1_000)])
        let contradicted = rejection(charged.replacing("10.00</Amt>", with: "12.00</Amt>"))
        #expect(contradicted?.code == .wrongAmount)
        #expect(
            contradicted?.sentence
                == "InstdAmt CNY 1000.00 times XchgRate 4.9312 less charges THB 12.00 is THB "
                + "4919.20, but IntrBkSttlmAmt is THB 4921.20; correct one of them.")
    }
}
