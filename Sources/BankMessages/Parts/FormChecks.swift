internal import Domain

/// Why a value has not the form that it must have.
struct FormFault: Error {
    /// The rest of a sentence that begins with the value's name.
    let rule: String
    let code: StatusReasonCode

    init(_ rule: String, _ code: StatusReasonCode = .elementContentFormallyIncorrect) {
        self.rule = rule
        self.code = code
    }
}

extension Form {
    /// Why a value has not this form; nil when it has. The same rules whether it came in a message,
    /// in JSON or by gRPC: those of the schemas.
    ///
    /// - Complexity: O(length).
    func fault(in value: ArraySlice<UInt8>) -> FormFault? {
        switch self {
        case .text(let length): textFault(value, length)
        case .list(let codes): listFault(value, codes)
        case .date, .dateTime, .time, .year: temporalFault(value)
        case .decimal(let digits, let fraction):
            DecimalForm(value, digits, fraction) == nil
                ? FormFault(
                    "must be a number of at most \(digits) digits"
                        + (fraction > 0 ? ", \(fraction) of them after the point" : "")) : nil
        case .amount:
            DecimalForm(value, 18, 5).map { $0.isNegative } == false
                ? nil
                : FormFault(
                    "must be a number such as 1250.00 of at most 18 digits, 5 of them after the "
                        + "point, without sign", .invalidAmount)
        case .foreign: ForeignElement.fault(in: value)
        case .message, .inline, .elsewhere, .words: nil
        default: hasPattern(value) ? nil : patternFault
        }
    }

    private func textFault(_ value: ArraySlice<UInt8>, _ length: Int) -> FormFault? {
        guard !value.isEmpty else { return FormFault("is empty; fill it or leave it out") }
        // A character has at least one byte, so short texts need no counting.
        if value.count > length {
            let count = countCharacters(value)
            guard count <= length else {
                return FormFault("has \(count) characters; at most \(length) are allowed")
            }
        }
        return isPrintableText(value)
            ? nil : FormFault("holds a line break or a control character")
    }

    private func listFault(_ value: ArraySlice<UInt8>, _ codes: [[UInt8]]) -> FormFault? {
        guard !codes.contains(where: { $0.elementsEqual(value) }) else { return nil }
        let known = codes.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ", ")
        return FormFault("must be one of \(known)")
    }

    private func temporalFault(_ value: ArraySlice<UInt8>) -> FormFault? {
        guard !isTemporal(value) else { return nil }
        let rule =
            switch self {
            case .date: "is no date such as 2026-01-01"
            case .dateTime: "is no date and time such as 2026-01-01T10:00:00+00:00"
            case .time: "is no time such as 10:00:00+00:00"
            default: "is no year such as 2026"
            }
        return FormFault(ZoneFault.rule(of: value, otherwise: rule, isTemporal), .invalidDate)
    }

    private func isTemporal(_ value: ArraySlice<UInt8>) -> Bool {
        var scanner = TemporalScanner(value)
        return switch self {
        case .date: scanner.isDate
        case .dateTime: scanner.isDateTime
        case .time: scanner.isTime
        default: scanner.isYear
        }
    }

    private func hasPattern(_ value: ArraySlice<UInt8>) -> Bool {
        switch self {
        case .alphanumeric(let count): value.count == count && value.allSatisfy(isLetterOrDigit)
        case .digits(let count): value.count == count && value.allSatisfy(isDigit)
        case .bic: isBIC(value)
        case .lei:
            value.suffix(2).allSatisfy(isDigit)
                && value.withUnsafeBufferPointer { LEI(utf8: $0) } != nil
        case .country: value.count == 2 && value.allSatisfy(isCapital)
        case .currency: value.count == 3 && value.allSatisfy(isCapital)
        case .iban: isIBAN(value)
        case .phone: isPhoneNumber(value)
        case .uuid: isUUID(value)
        case .hexadecimal: !value.isEmpty && value.allSatisfy(isHexadecimal)
        case .signature: value.count == 64 && value.allSatisfy { isHexadecimal($0) && $0 < 0x61 }
        case .base64(let bytes):
            !value.isEmpty && value.count % 4 == 0 && value.count / 4 * 3 <= bytes
                && value.allSatisfy(isBase64)
        case .indicator: ["true", "false", "1", "0"].contains { $0.utf8.elementsEqual(value) }
        default: true
        }
    }

    private var patternFault: FormFault {
        switch self {
        case .alphanumeric(let count): FormFault("must be \(count) letters or digits")
        case .digits(let count): FormFault("must be \(count) digits")
        case .bic:
            FormFault("is no BIC: 8 or 11 capital letters and digits", .bankIdentifierIncorrect)
        case .lei: FormFault("is no LEI, or its check digits are wrong")
        case .country: FormFault("must be two capital letters, such as CN")
        case .currency: FormFault("must be three capital letters, such as CNY")
        case .iban:
            FormFault("is no IBAN, or its check digits are wrong", .incorrectAccountNumber)
        case .phone: FormFault("is no telephone number such as +86-2012345678")
        case .uuid: FormFault("is no UUID of version 4 in lower-case letters")
        case .hexadecimal: FormFault("must be hexadecimal digits")
        case .signature: FormFault("must be 64 hexadecimal digits in capitals")
        case .base64(let bytes): FormFault("must be at most \(bytes) bytes in Base64")
        default: FormFault("must be true or false")
        }
    }
}

private func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }
func isCapital(_ byte: UInt8) -> Bool { byte >= 65 && byte <= 90 }
private func isCapitalOrDigit(_ byte: UInt8) -> Bool { isCapital(byte) || isDigit(byte) }
private func isLetterOrDigit(_ byte: UInt8) -> Bool { isCapital(byte & 0xDF) || isDigit(byte) }

private func isHexadecimal(_ byte: UInt8) -> Bool {
    isDigit(byte) || (byte & 0xDF >= 65 && byte & 0xDF <= 70)
}

private func isBase64(_ byte: UInt8) -> Bool {
    isLetterOrDigit(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "/")
        || byte == UInt8(ascii: "=")
}

/// Four letters or digits, a country, two letters or digits, perhaps a branch of three.
private func isBIC(_ value: ArraySlice<UInt8>) -> Bool {
    (value.count == 8 || value.count == 11) && value.allSatisfy(isCapitalOrDigit)
        && value.dropFirst(4).prefix(2).allSatisfy(isCapital)
}

/// `+`, 1 to 3 digits, `-` and 1 to 30 digits, brackets, signs.
private func isPhoneNumber(_ value: ArraySlice<UInt8>) -> Bool {
    let country = value.dropFirst().prefix(while: isDigit)
    let rest = value.dropFirst(country.count + 1)
    return value.first == UInt8(ascii: "+") && (1...3).contains(country.count)
        && rest.first == UInt8(ascii: "-") && (2...31).contains(rest.count)
        && rest.dropFirst().allSatisfy { isDigit($0) || "()+-".utf8.contains($0) }
}

private func isUUID(_ value: ArraySlice<UInt8>) -> Bool {
    guard value.count == 36 else { return false }
    return value.enumerated().allSatisfy { place, byte in
        switch place {
        case 8, 13, 18, 23: byte == UInt8(ascii: "-")
        case 14: byte == UInt8(ascii: "4")
        case 19: "89ab".utf8.contains(byte)
        default: isDigit(byte) || (byte >= 97 && byte <= 102)
        }
    }
}
