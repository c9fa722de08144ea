internal import Domain
internal import Testing

@Suite struct CurrencyTests {
    @Test func indexesAreDenseAndCodesUnique() {
        #expect(Currency.allCases.map { Int($0.rawValue) } == Array(0..<Currency.count))
        #expect(Set(Currency.allCases.map(\.code)).count == Currency.count)
        for currency in Currency.allCases { #expect(Currency(code: currency.code) == currency) }
        #expect(Currency(code: "CNH") == nil)
    }
}
