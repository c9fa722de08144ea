internal import Domain

extension Form {
    /// A value of a document without what XML Schema lets stand around it.
    ///
    /// Line breaks and tabs in a text are a pretty printer's: with the blanks about them they are
    /// one blank. Blanks alone stay in a text; about other values they go. What can be written in
    /// several ways has one here: numbers have no signs and zeros that mean nothing, dates no
    /// zone, a BIC no `XXX`.
    ///
    /// - Complexity: O(length).
    func folded(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        switch self {
        case .text: value.contains { $0 < 0x20 } ? foldingBreaks(value) : value
        case .decimal(let digits, let fraction):
            DecimalForm(trimmed(value), digits, fraction)?.canonical() ?? value
        case .amount: trimmed(value)
        case .date: withoutZone(trimmed(value))
        case .dateTime: ofOneForm(trimmed(value))
        case .time: withoutEmptyFraction(trimmed(value))
        case .bic: withoutHeadOffice(trimmed(value))
        default: trimmed(value)
        }
    }
}

/// An amount of a currency: with as many digits after the point as that has, and two where the
/// ledger does not know it.
func foldedAmount(_ value: ArraySlice<UInt8>, _ currency: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let known = Currency(code: String(decoding: currency, as: UTF8.self))
    return DecimalForm(trimmed(value), 18, 5)?.canonical(least: known?.minorDigits ?? 2) ?? value
}

private func withoutZone(_ date: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var scanner = TemporalScanner(date)
    return date.count > 10 && scanner.isDate ? date.prefix(10) : date
}

private func withoutHeadOffice(_ bic: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    bic.count == 11 && bic.suffix(3).elementsEqual("XXX".utf8) ? bic.prefix(8) : bic
}

/// Zeros at the end of a fraction say nothing.
private func withoutEmptyFraction(_ time: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard let point = time.firstIndex(of: UInt8(ascii: ".")) else { return time }
    let digits = time[(point + 1)...].prefix { $0 >= 48 && $0 <= 57 }
    let end = digits.lastIndex { $0 != UInt8(ascii: "0") }.map { $0 + 1 } ?? point
    guard !digits.isEmpty, end < digits.endIndex else { return time }
    return ArraySlice(time[..<end] + time[digits.endIndex...])
}

/// The end of a day is the beginning of the next.
private func ofOneForm(_ dateTime: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let text = withoutEmptyFraction(dateTime)
    var scanner = TemporalScanner(text)
    guard text.dropFirst(10).starts(with: "T24:".utf8), scanner.isDateTime,
        let date = CalendarDate(String(decoding: text.prefix(10), as: UTF8.self))
    else { return text }
    let next = CalendarDate(daysSince1970: date.daysSince1970 + 1)
    return ArraySlice(Array("\(next)T00".utf8) + text.dropFirst(13))
}

/// Each run of blanks that has a line break or a tab becomes one blank; at the ends, nothing.
private func foldingBreaks(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var text: [UInt8] = []
    var run = value.startIndex
    var index = value.startIndex
    while index < value.endIndex {
        guard isBlank(value[index]) else {
            text.append(value[index])
            index += 1
            continue
        }
        run = index
        while index < value.endIndex, isBlank(value[index]) { index += 1 }
        let blanks = value[run..<index]
        guard blanks.contains(where: { $0 != 0x20 }) else {
            text += blanks
            continue
        }
        if run > value.startIndex, index < value.endIndex { text.append(0x20) }
    }
    return text[...]
}
