extension UsageJudge {
    /// Reports the elements whose value one of the address's free lines repeats as a word of its
    /// own. Shorter values than three characters could be anything. Of elements that the schema
    /// has once, only the first is looked at.
    ///
    /// - Complexity: O(length of the address).
    mutating func judgeAddress(_ address: XMLElement) {
        let symbols = address.tree.symbols
        guard let name = symbols.symbol(of: "AdrLine") else { return }
        let lines = address.children(named: name).map(\.trimmedText)
        guard !lines.isEmpty else { return }
        for part in addressParts {
            guard let symbol = symbols.symbol(of: part),
                let element = address.children(named: symbol).first
            else { continue }
            let value = element.trimmedText
            if countCharacters(value) >= 3, lines.contains(where: { hasWord(value, in: $0) }) {
                report(element)
            }
        }
    }
}

/// What an address can say outside of its free lines.
private let addressParts = [
    "Dept", "SubDept", "StrtNm", "BldgNb", "BldgNm", "Flr", "PstBx", "Room", "PstCd", "TwnNm",
    "TwnLctnNm", "DstrctNm", "CtrySubDvsn", "Ctry",
]

/// Whether the word stands in the line with neither a letter nor a digit on its sides.
///
/// - Complexity: O(length of word and line), by the method of Knuth, Morris and Pratt.
private func hasWord(_ word: ArraySlice<UInt8>, in line: ArraySlice<UInt8>) -> Bool {
    let word = Array(word)
    let fallback = fallbacks(of: word)
    var matched = 0
    for (position, byte) in zip(line.indices, line) {
        while matched > 0, matched == word.count || word[matched] != byte {
            matched = fallback[matched - 1]
        }
        if word[matched] == byte { matched += 1 }
        guard matched == word.count else { continue }
        let (start, end) = (position - word.count, position + 1)
        let isStart = start < line.startIndex || !isLetterOrDigit(line[start])
        if isStart, end == line.endIndex || !isLetterOrDigit(line[end]) { return true }
    }
    return false
}

/// For each prefix of the word, the longest shorter prefix that is also its end.
private func fallbacks(of word: [UInt8]) -> [Int] {
    var fallback = Array(repeating: 0, count: word.count)
    var length = 0
    for position in word.indices.dropFirst() {
        while length > 0, word[length] != word[position] { length = fallback[length - 1] }
        if word[length] == word[position] { length += 1 }
        fallback[position] = length
    }
    return fallback
}

private func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
}
