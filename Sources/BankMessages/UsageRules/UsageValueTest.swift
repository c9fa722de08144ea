internal import Domain

/// What a usage rule asks of one text. An empty text passes all but ``filled``: that something is
/// there is the schema's business.
enum UsageValueTest: Sendable {
    case filled
    case notOneOf([String])
    /// Begins with one of these and ends with two digits, or is one of the whole names.
    case messageName(families: [String], others: [String] = [])
    /// No `/` at either end, and no two in a row.
    case slashes
    /// The first 16 characters neither begin with `/`, nor have it as their last, nor have two in a
    /// row: what an MT field of 16 characters carries.
    case slashesOfSixteen
    /// A BIC (ISO 9362) of a country that there is.
    case bic
    /// An IBAN (ISO 13616) of a country that there is, with right check digits.
    case iban
    /// An LEI (ISO 17442) with right check digits.
    case lei
    case country
    case currency

    /// - Complexity: O(length of the text).
    func passes(_ text: ArraySlice<UInt8>) -> Bool {
        if text.isEmpty, case .filled = self { return false }
        guard !text.isEmpty else { return true }
        return switch self {
        case .filled: true
        case .notOneOf(let values): !values.contains { text.elementsEqual($0.utf8) }
        case .messageName(let families, let others):
            others.contains { text.elementsEqual($0.utf8) }
                || families.contains { isMessageName(text, family: $0) }
        case .slashes: text.first != slash && text.last != slash && !hasTwoSlashes(text)
        case .slashesOfSixteen: keepsToSixteen(text)
        case .bic: isKnownBIC(capitals(text))
        case .iban: isKnownIBAN(capitals(text.filter { !isBlank($0) }[...]))
        case .lei: isLEI(capitals(text))
        case .country: countryCodes.contains(capitals(text))
        case .currency: currencyCodes.contains(capitals(text))
        }
    }
}

private let slash = UInt8(ascii: "/")

/// Whether small letters may stand is the schema's business; what they name is the rule's.
private func capitals(_ text: ArraySlice<UInt8>) -> String {
    String(decoding: text.map { (97...122).contains($0) ? $0 - 32 : $0 }, as: UTF8.self)
}

private func hasTwoSlashes(_ text: ArraySlice<UInt8>) -> Bool {
    zip(text, text.dropFirst()).contains { $0 == slash && $1 == slash }
}

private func isMessageName(_ text: ArraySlice<UInt8>, family: String) -> Bool {
    let version = text.dropFirst(family.utf8.count)
    return text.starts(with: family.utf8) && version.count == 2
        && version.allSatisfy { (48...57).contains($0) }
}

private func keepsToSixteen(_ text: ArraySlice<UInt8>) -> Bool {
    let characters = String(decoding: text, as: UTF8.self).unicodeScalars.prefix(16).map { $0 }
    let hasTwo = zip(characters, characters.dropFirst()).contains { $0 == "/" && $1 == "/" }
    return characters.first != "/" && !(characters.count == 16 && characters[15] == "/") && !hasTwo
}

private func isKnownBIC(_ text: String) -> Bool {
    BIC(text) != nil && countryCodes.contains(String(text.dropFirst(4).prefix(2)))
}

private func isKnownIBAN(_ text: String) -> Bool {
    isIBAN(text.utf8) && countryCodes.contains(String(text.prefix(2)))
}

/// 18 letters and digits and two check digits (ISO 7064, MOD 97-10).
private func isLEI(_ text: String) -> Bool {
    var remainder = 0
    for byte in text.utf8 {
        switch byte {
        case 48...57: remainder = (remainder * 10 + Int(byte - 48)) % 97
        case 65...90: remainder = (remainder * 100 + Int(byte - 55)) % 97
        default: return false
        }
    }
    return text.utf8.count == 20 && text.utf8.suffix(2).allSatisfy { $0 < 65 } && remainder == 1
}
