/// A currency of ISO 4217 that the ledger can hold.
///
/// The raw value is the ledger's own compact index: it is written to the log and the tables and is
/// never reused. CNH is no ISO code; offshore renminbi is CNY here.
public enum Currency: UInt8, CaseIterable, BitwiseCopyable, Hashable, Sendable {
    case cny = 0
    case thb, myr, sgd, idr, php, khr, lak, mmk, bnd, hkd, mop, usd, eur, inr, aed, ars, etb
    case vnd, jpy, krw
    case kwd, bhd

    /// How many currencies there are; raw values lie in `0..<count`.
    @inlinable public static var count: Int { 23 }

    /// Digits after the decimal point of the currency's minor unit (ISO 4217 table A.1).
    @inlinable
    public var minorDigits: Int {
        switch self {
        case .vnd, .jpy, .krw: 0
        case .kwd, .bhd: 3
        case .cny, .thb, .myr, .sgd, .idr, .php, .khr, .lak, .mmk, .bnd, .hkd, .mop, .usd, .eur,
            .inr, .aed, .ars, .etb:
            2
        }
    }

    /// Minor units in one unit of the currency: 1, 100 or 1,000.
    @inlinable
    public var minorUnitsPerUnit: Int64 {
        switch minorDigits {
        case 0: 1
        case 3: 1_000
        default: 100
        }
    }

    /// The alphabetic code, for example `THB`.
    public var code: String {
        switch self {
        case .cny: "CNY"
        case .thb: "THB"
        case .myr: "MYR"
        case .sgd: "SGD"
        case .idr: "IDR"
        case .php: "PHP"
        case .khr: "KHR"
        case .lak: "LAK"
        case .mmk: "MMK"
        case .bnd: "BND"
        case .hkd: "HKD"
        case .mop: "MOP"
        case .usd: "USD"
        case .eur: "EUR"
        case .inr: "INR"
        case .aed: "AED"
        case .ars: "ARS"
        case .etb: "ETB"
        case .vnd: "VND"
        case .jpy: "JPY"
        case .krw: "KRW"
        case .kwd: "KWD"
        case .bhd: "BHD"
        }
    }

    /// The currency with this alphabetic code in capitals, or nil.
    ///
    /// - Complexity: O(number of currencies).
    public init?(code: some StringProtocol) {
        for currency in Currency.allCases where currency.code == code {
            self = currency
            return
        }
        return nil
    }
}
