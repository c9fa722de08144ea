internal import Domain

extension MessageElement {
    func dateTime() throws(MessageRejection) -> Timestamp {
        try temporal("is no date and time such as 2026-01-01T10:00:00+00:00") {
            Timestamp(isoDateTime: $0)
        }
    }

    func date() throws(MessageRejection) -> CalendarDate {
        try temporal("is no date such as 2026-01-01") { CalendarDate($0) }
    }

    func time() throws(MessageRejection) -> TimeOfDay {
        try temporal("is no time such as 10:00:00+08:00") { TimeOfDay($0) }
    }

    private func temporal<Value>(
        _ rule: String, _ read: (ArraySlice<UInt8>) -> Value?
    ) throws(MessageRejection) -> Value {
        let text = try trimmedBytes()
        guard let value = read(text) else {
            let words = ZoneFault.rule(of: text, otherwise: rule) { read($0) != nil }
            throw .malformed(path, "\(element.name) \(words).", code: .invalidDate)
        }
        return value
    }

    func bic() throws(MessageRejection) -> BIC {
        guard let bic = try trimmedBytes().withUnsafeBufferPointer({ BIC(utf8: $0) }) else {
            throw .malformed(
                path, "\(element.name) is no BIC: 8 or 11 capital letters and digits.",
                code: .bankIdentifierIncorrect)
        }
        return bic
    }

    /// The schema wants lower case; ``UETR`` itself would take capitals too.
    func uetr() throws(MessageRejection) -> UETR {
        let text = try trimmedBytes()
        guard let uetr = text.withUnsafeBufferPointer({ UETR(utf8: $0) }),
            !text.contains(where: isCapital)
        else {
            throw .malformed(
                path, "UETR is no UUID of version 4 in lower-case letters; send a fresh one.")
        }
        return uetr
    }

    func exchangeRate() throws(MessageRejection) -> ExchangeRate {
        guard let rate = ExchangeRate(try trimmedBytes()) else {
            throw .malformed(
                path,
                "\(element.name) must be a positive number of at most 11 digits, 10 of them after "
                    + "the point.")
        }
        return rate
    }

    /// A count of up to 15 digits (`Max15NumericText`).
    func count() throws(MessageRejection) -> Int {
        let text = try trimmedText()
        guard (1...15).contains(text.utf8.count),
            text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), let count = Int(text)
        else {
            throw .malformed(
                path, "\(element.name) must be a number of up to 15 digits.",
                code: .invalidNumberOfTransactions)
        }
        return count
    }

    /// A non-negative number of at most 18 digits, 17 of them after the point (`DecimalNumber`).
    func decimalNumber() throws(MessageRejection) -> DecimalNumber {
        guard let number = DecimalNumber(try trimmedBytes())?.canonical,
            number.fractionDigits <= 17, number.magnitude < powerOfTen(18), !number.isNegative
        else {
            throw .malformed(
                path, "\(element.name) must be a number of up to 18 digits that is not negative.")
        }
        return number
    }
}

extension MessageElement {
    /// A positive amount with its currency (`ActiveCurrencyAndAmount`).
    ///
    /// - Parameter isZeroAllowed: for charges, which may be nothing.
    func money(orZero isZeroAllowed: Bool = false) throws(MessageRejection) -> Money {
        let currency = try currencyAttribute()
        guard let number = DecimalNumber(try trimmedBytes())?.canonical,
            number.magnitude < powerOfTen(18), number.fractionDigits <= 5, !number.isNegative
        else {
            throw .malformed(
                path,
                "\(element.name) must be a number such as 1250.00 of at most 18 digits, 5 of them "
                    + "after the point, and not negative.", code: .invalidAmount)
        }
        guard number.fractionDigits <= currency.minorDigits else {
            throw amountRejection(
                .decimalPointsNotCompatibleWithCurrency,
                "\(element.name) has \(number.fractionDigits) decimals; \(currency.code) has "
                    + "\(currency.minorDigits).")
        }
        guard number.magnitude > 0 || isZeroAllowed else {
            throw amountRejection(.zeroAmount, "\(element.name) is zero; send a positive amount.")
        }
        let minorUnits = number.magnitude * powerOfTen(currency.minorDigits - number.fractionDigits)
        guard minorUnits <= UInt128(Limits.maximumAmount) else {
            let most = Money(minorUnits: Limits.maximumAmount, currency: currency).decimal
            throw amountRejection(
                .notAllowedAmount, "\(element.name) is more than \(currency.code) \(most).")
        }
        return Money(minorUnits: Int64(minorUnits), currency: currency)
    }

    /// An amount of any currency, which may be zero.
    func charge() throws(MessageRejection) -> Charge {
        guard let currency = element.attribute("Ccy"),
            Form.currency.fault(in: ArraySlice(currency.utf8)) == nil
        else {
            throw .malformed(
                "\(path)/@Ccy", "Ccy must be three capital letters, such as CNY.",
                code: .invalidTransactionCurrency)
        }
        guard let number = DecimalNumber(try trimmedBytes())?.canonical,
            number.magnitude < powerOfTen(18), number.fractionDigits <= 5, !number.isNegative
        else {
            throw .malformed(
                path, "\(element.name) must be a number such as 1250.00 that is not negative.",
                code: .invalidAmount)
        }
        return Charge(
            currency: currency,
            hundredThousandths: Int128(number.magnitude * powerOfTen(5 - number.fractionDigits)))
    }

    private func amountRejection(
        _ code: StatusReasonCode, _ sentence: String
    ) -> MessageRejection {
        MessageRejection(cause: .amount, code: code, path: path, sentence: sentence)
    }

    private func currencyAttribute() throws(MessageRejection) -> Currency {
        guard let code = element.attribute("Ccy") else {
            throw MessageRejection(
                cause: .missingElement, code: .invalidTransactionCurrency, path: "\(path)/@Ccy",
                sentence: "\(element.name) has no currency; add attribute Ccy.")
        }
        guard code.utf8.count == 3, code.utf8.allSatisfy({ $0 >= 65 && $0 <= 90 }) else {
            throw .malformed(
                "\(path)/@Ccy", "Ccy must be three capital letters, such as CNY.",
                code: .invalidTransactionCurrency)
        }
        guard let currency = Currency(code: code) else {
            throw MessageRejection(
                cause: .unsupportedCurrency, code: .notAllowedCurrency, path: "\(path)/@Ccy",
                sentence: "\(code) is no currency that the gateway settles.")
        }
        return currency
    }

    func cashAccount(
        _ definition: MessageDefinition
    ) throws(MessageRejection) -> CashAccount {
        try cashAccount(hasIdentification: definition.accountsHaveIdentification)
    }

    /// An account; a currency the ledger does not know is dropped, since it decides nothing then.
    func cashAccount(hasIdentification: Bool) throws(MessageRejection) -> CashAccount {
        let id = try hasIdentification ? required("Id") : child("Id")
        let currency = try child("Ccy")?.text(max: 3)
        return CashAccount(
            identification: try id?.accountIdentification(),
            currency: currency.flatMap { Currency(code: $0) })
    }

    /// An `AccountIdentification4Choice`.
    private func accountIdentification() throws(MessageRejection) -> CashAccount.Identification {
        if let iban = try child("IBAN") {
            let text = try iban.text(max: 34)
            guard isIBAN(text.utf8) else {
                throw .malformed(
                    iban.path, "The form or the check digits of the IBAN are wrong; correct it.",
                    code: .incorrectAccountNumber)
            }
            return .iban(text)
        }
        guard let other = try child("Othr") else { throw missing("IBAN") }
        return .other(try other.required("Id").text(max: 34))
    }

    /// A `PartyIdentification135`.
    func party() throws(MessageRejection) -> Party {
        let others = element.hasChildren(besides: ["Nm"])
        return Party(name: try child("Nm")?.foldedText(max: 140), hasOtherIdentification: others)
    }

}

/// Whether the text is an IBAN: country, check digits that are right (ISO 7064, MOD 97-10), and
/// up to 30 letters and digits.
func isIBAN(_ text: some Collection<UInt8>) -> Bool {
    let (start, account) = (text.prefix(4), text.dropFirst(4))
    guard (5...34).contains(text.count),
        start.prefix(2).allSatisfy({ $0 >= 65 && $0 <= 90 }),
        start.dropFirst(2).allSatisfy({ $0 >= 48 && $0 <= 57 })
    else { return false }
    var remainder = 0
    for part in [account, start] {
        for byte in part {
            switch byte {
            case 48...57: remainder = (remainder * 10 + Int(byte - 48)) % 97
            case 65...90: remainder = (remainder * 100 + Int(byte - 55)) % 97
            case 97...122: remainder = (remainder * 100 + Int(byte - 87)) % 97
            default: return false
            }
        }
    }
    return remainder == 1
}
