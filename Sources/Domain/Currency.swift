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

    /// The numeric code of ISO 4217, for example 764 for THB.
    public var number: UInt16 {
        switch self {
        case .cny: 156
        case .thb: 764
        case .myr: 458
        case .sgd: 702
        case .idr: 360
        case .php: 608
        case .khr: 116
        case .lak: 418
        case .mmk: 104
        case .bnd: 96
        case .hkd: 344
        case .mop: 446
        case .usd: 840
        case .eur: 978
        case .inr: 356
        case .aed: 784
        case .ars: 32
        case .etb: 230
        case .vnd: 704
        case .jpy: 392
        case .krw: 410
        case .kwd: 414
        case .bhd: 48
        }
    }

    /// The currency with this numeric code, or nil.
    ///
    /// - Complexity: O(1).
    public init?(number: UInt16) {
        guard number < 1_000 else { return nil }
        let index = Currency.byNumber[Int(number)]
        guard index != 0 else { return nil }
        self.init(rawValue: index - 1)
    }

    /// One more than the raw value of the currency with each number; 0 where there is none.
    private static let byNumber: [UInt8] = {
        var table = [UInt8](repeating: 0, count: 1_000)
        for currency in Currency.allCases { table[Int(currency.number)] = currency.rawValue + 1 }
        return table
    }()

    /// The currency with this alphabetic code in capitals, or nil.
    ///
    /// - Complexity: O(number of currencies).
    @inlinable
    public init?(code: some StringProtocol) {
        for currency in Currency.allCases where currency.code == code {
            self = currency
            return
        }
        return nil
    }

    /// Reads the same of UTF-8.
    public init?(utf8 text: UnsafeBufferPointer<UInt8>) {
        guard text.count == 3,
            let place = Currency.packedCodes.firstIndex(of: Currency.packed(text))
        else { return nil }
        self = Currency.allCases[place]
    }

    /// In the order of all cases.
    private static let packedCodes = allCases.map { packed($0.code.utf8) }

    private static func packed(_ code: some Sequence<UInt8>) -> UInt32 {
        code.reduce(0) { $0 << 8 | UInt32($1) }
    }
}
