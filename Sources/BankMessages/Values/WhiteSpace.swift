// White space that programs put into texts, and characters that no text may hold.

/// Whether the text has no control character (C0, DEL, C1) and no non-character.
func isPrintable(_ text: some StringProtocol) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
        let value = scalar.value
        return value >= 0x20 && !(0x7F...0x9F).contains(value) && value & 0xFFFE != 0xFFFE
    }
}

/// The text without white space around it.
func withoutOuterBlanks(_ text: String) -> String {
    guard let first = text.utf8.first, let last = text.utf8.last, isBlank(first) || isBlank(last)
    else { return text }
    let end = text.utf8.lastIndex { !isBlank($0) }.map { text.utf8.index(after: $0) }
    let start = text.utf8.firstIndex { !isBlank($0) } ?? text.endIndex
    return String(text[start..<(end ?? start)])
}

/// The text without white space around it, where that has a line break or a tab in it.
func withoutOuterLineBreaks(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 < 0x20 }) else { return text }
    let start = text.utf8.firstIndex { !isBlank($0) } ?? text.endIndex
    let end = text.utf8.lastIndex { !isBlank($0) }.map { text.utf8.index(after: $0) } ?? start
    let breaksBefore = text.utf8[..<start].contains { $0 < 0x20 }
    let breaksAfter = text.utf8[end...].contains { $0 < 0x20 }
    return String(
        text[(breaksBefore ? start : text.startIndex)..<(breaksAfter ? end : text.endIndex)])
}

/// The text with one blank for each white space that has a line break or a tab in it, and none for
/// those around it.
func withoutLineBreaks(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 < 0x20 && isBlank($0) }) else { return text }
    var folded: [UInt8] = []
    var blanks: [UInt8] = []
    for byte in withoutOuterLineBreaks(text).utf8 {
        if isBlank(byte) {
            blanks.append(byte)
            continue
        }
        folded += blanks.contains { $0 < 0x20 } ? [0x20] : blanks
        folded.append(byte)
        blanks.removeAll(keepingCapacity: true)
    }
    return String(decoding: folded + blanks, as: UTF8.self)
}
