// White space that programs put into texts, and characters that no text may hold.

/// Whether the text has no control character (C0, DEL, C1) and no non-character.
func isPrintable(_ text: some StringProtocol) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
        let value = scalar.value
        return value >= 0x20 && !(0x7F...0x9F).contains(value) && value & 0xFFFE != 0xFFFE
    }
}

/// The same of UTF-8, without making characters of it.
func isPrintableText(_ text: ArraySlice<UInt8>) -> Bool {
    var (before, last): (UInt8, UInt8) = (0, 0)
    for byte in text {
        guard byte >= 0x20, byte != 0x7F, !(last == 0xC2 && byte < 0xA0) else { return false }
        // The last two characters of each plane end so: EF BF BE, F0 9F BF BF and their like.
        if byte >= 0xBE, byte <= 0xBF, last == 0xBF, before & 0x0F == 0x0F { return false }
        (before, last) = (last, byte)
    }
    return true
}

/// How many Unicode scalars UTF-8 text has.
func countCharacters(_ text: ArraySlice<UInt8>) -> Int {
    text.reduce(0) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 }
}

/// The text without white space around it.
func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let start = text.drop(while: isBlank)
    guard let last = start.lastIndex(where: { !isBlank($0) }) else { return start.prefix(0) }
    return start[...last]
}

/// The text without white space around it, where that has a line break or a tab in it.
func withoutOuterLineBreaks(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard text.contains(where: { $0 < 0x20 }) else { return text }
    let start = text.firstIndex { !isBlank($0) } ?? text.endIndex
    let end = text.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? start
    let breaksBefore = text[..<start].contains { $0 < 0x20 }
    let breaksAfter = text[end...].contains { $0 < 0x20 }
    return text[(breaksBefore ? start : text.startIndex)..<(breaksAfter ? end : text.endIndex)]
}
