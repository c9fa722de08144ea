internal import Domain
internal import SwiftProtobuf

/// Reads single fields of requests; every error names the field and what it should be.
enum Field {
    static func uetr(_ text: String, _ name: String) throws(GatewayError) -> UETR {
        guard let uetr = UETR(text) else {
            throw malformed(name, "must be a UUID version 4", text)
        }
        return uetr
    }

    static func bic(_ text: String, _ name: String) throws(GatewayError) -> BIC {
        guard let bic = BIC(text) else {
            throw malformed(name, "must be a BIC of 8 or 11 capitals and digits", text)
        }
        return bic
    }

    static func clearingCode(
        _ text: String, _ name: String
    ) throws(GatewayError) -> ClearingCode {
        guard let code = ClearingCode(text) else {
            throw malformed(
                name, "must be the code of a clearing system, a colon and the bank's number there",
                text)
        }
        return code
    }

    static func lei(_ text: some StringProtocol, _ name: String) throws(GatewayError) -> LEI {
        guard let lei = LEI(text) else {
            throw malformed(
                name, "must be LEI: and a LEI with right check digits", "LEI:\(text)")
        }
        return lei
    }

    /// A hash of 128 bits.
    static func hash(_ text: String, _ name: String) throws(GatewayError) -> UInt128 {
        guard let hash = UInt128(hexadecimal: text) else {
            throw malformed(name, "must be 32 hexadecimal digits", text)
        }
        return hash
    }

    /// The identification of an attempt.
    static func attempt(_ text: String) throws(GatewayError) -> String {
        guard text.count <= Attempt.longest else {
            throw malformed("attempt", "must have at most \(Attempt.longest) characters")
        }
        return text
    }

    static func currency(_ text: String, _ name: String) throws(GatewayError) -> Currency {
        guard let currency = Currency(code: text) else {
            let known = Currency.allCases.map(\.code).joined(separator: " ")
            throw malformed(name, "must be one of \(known)", text)
        }
        return currency
    }

    /// A foreign currency: any but CNY.
    static func foreign(_ text: String, _ name: String) throws(GatewayError) -> Currency {
        let currency = try currency(text, name)
        guard currency != .cny else {
            throw malformed(name, "must be the corridor's currency beside CNY", text)
        }
        return currency
    }

    /// Minor units of a decimal string.
    static func amount(
        _ text: String, _ currency: Currency, _ name: String
    ) throws(GatewayError) -> Int64 {
        do {
            return try Money(decimal: text, currency: currency).minorUnits
        } catch {
            throw malformed(name, sentence(error, "an amount of \(currency.code)"), text)
        }
    }

    static func rate(_ text: String, _ name: String) throws(GatewayError) -> Rate {
        do {
            return try Rate(decimal: text)
        } catch {
            throw malformed(name, sentence(error, "a rate in foreign units for one CNY"), text)
        }
    }

    /// A rate that was computed, as it would be read.
    static func rate(_ rate: Rate, _ name: String) throws(GatewayError) -> Rate {
        guard rate.scaled > 0, rate.scaled <= Domain.Limits.maximumRate else {
            return try self.rate(rate.decimal, name)
        }
        return rate
    }

    private static func sentence(_ error: DecimalError, _ what: String) -> String {
        switch error {
        case .malformed: "must be \(what) as a decimal string such as \"12.50\""
        case .tooManyDigits(let allowed):
            "must be \(what) with at most \(allowed) digits after the point"
        case .overflow: "must be \(what) that fits 64 bits"
        }
    }

    static func malformed(_ name: String, _ rule: String, _ value: String = "") -> GatewayError {
        let shown = shown(value)
        return GatewayError(
            .malformedRequest,
            shown.isEmpty ? "\(name) \(rule)" : "\(name) \(rule), not \"\(shown)\""
        )
    }

    /// The beginning of what a caller sent. Counted in scalars: a character can have any number.
    static func shown(_ text: String) -> String { String(text.unicodeScalars.prefix(64)) }
}

extension Google_Protobuf_Timestamp {
    init(_ timestamp: Timestamp) {
        let (seconds, rest) = timestamp.quotientAndRemainder(dividingBy: 1_000_000_000)
        let nanos = rest < 0 ? rest + 1_000_000_000 : rest
        self.init(seconds: rest < 0 ? seconds - 1 : seconds, nanos: Int32(nanos))
    }

    /// Nanoseconds since 1970, or an error naming the field.
    func timestamp(_ name: String) throws(GatewayError) -> Timestamp {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carried) = product.addingReportingOverflow(Int64(nanos))
        guard !overflow, !carried, nanos >= 0, nanos < 1_000_000_000 else {
            throw Field.malformed(name, "must be a time between 1678 and 2261")
        }
        return sum
    }
}

extension ProtoMoney {
    init(_ money: Money) {
        self.init()
        currency = money.currency.code
        amount = money.decimal
    }

    init(_ minorUnits: Int64, _ currency: Currency) {
        self.init(Money(minorUnits: minorUnits, currency: currency))
    }
}
