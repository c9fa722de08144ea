extension Form {
    /// A value of a document without what XML Schema lets stand around it.
    ///
    /// Line breaks and tabs in a text are a pretty printer's: with the blanks about them they are
    /// one blank. Blanks alone stay in a text; about other values they go. Numbers lose signs and
    /// zeros that mean nothing.
    ///
    /// - Complexity: O(length).
    func folded(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        switch self {
        case .text: value.contains { $0 < 0x20 } ? foldingBreaks(value) : value
        case .list, .base64: value.contains { $0 < 0x20 } ? trimming(value) : value
        case .decimal(let digits, let fraction):
            DecimalForm(trimming(value), digits, fraction)?.canonical ?? value
        case .amount: DecimalForm(trimming(value), 18, 5)?.canonical ?? value
        default: trimming(value)
        }
    }
}

private func trimming(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard let start = value.firstIndex(where: { !isBlank($0) }),
        let end = value.lastIndex(where: { !isBlank($0) })
    else { return value.prefix(0) }
    return value[start...end]
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
