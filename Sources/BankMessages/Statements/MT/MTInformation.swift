/// What field 86 tells of a line: text for people, and in two forms what programs can use.
///
/// - Subfields of German and other banks: three digits that say what it is, then `?20` to `?29` and
///   `?60` to `?63` of 27 characters of text, `?30` to `?33` the other side; `>`, `~` and others
///   stand for `?`. The text may hold SEPA's words (`EREF+`, `SVWZ+`).
/// - Words between slashes (`/EREF/…/REMI/…`).
///
/// Lines are put together as they are: the form breaks them anywhere, in the middle of a word too.
struct MTInformation {
    private let lines: [ArraySlice<UInt8>]
    private let words: MTWords

    init(_ lines: [ArraySlice<UInt8>], _ limits: StatementLimits) {
        self.lines = lines
        words = MTWords(longest: limits.identifierBytes)
    }

    /// Adds what it tells.
    ///
    /// - Complexity: O(length).
    func complete(_ line: inout StatementLine) {
        let text = lines.map(\.string).joined(separator: "\n")
        line.text = [line.text, text].compactMap(\.self).filter { !$0.isEmpty }
            .joined(separator: "\n")
        let joined = Array(lines.joined())[...]
        if let subfields = MTSubfields(joined) {
            if let type = line.transactionCode, let code = subfields.code {
                line.transactionCode = "\(type)+\(code)"
            }
            line.details = [subfields.detail(words)].compactMap(\.self)
        } else if let detail = words.detail(ofSlashed: joined) {
            line.details = [detail]
        }
    }
}

/// A field 86 of numbered subfields.
struct MTSubfields {
    /// Three digits that say what kind of transaction it is (Geschäftsvorfallcode).
    let code: String?
    private var parts: [(number: Int, text: ArraySlice<UInt8>)] = []

    /// Nil for another form.
    init?(_ text: ArraySlice<UInt8>) {
        let digits = text.prefix(3)
        let hasCode = digits.count == 3 && digits.allSatisfy(\.isDigit)
        code = hasCode ? digits.string : nil
        let rest = hasCode ? text.dropFirst(3) : text
        guard let mark = rest.first, "?>~<^@".utf8.contains(mark) else { return nil }
        var start = rest.startIndex
        while start < rest.endIndex {
            guard let number = MTSubfields.number(rest[start...], mark) else { return nil }
            let content = start + 3
            let end =
                rest[content...].indices.first {
                    rest[$0] == mark && MTSubfields.number(rest[$0...], mark) != nil
                } ?? rest.endIndex
            parts.append((number, rest[content..<end]))
            start = end
        }
    }

    private static func number(_ text: ArraySlice<UInt8>, _ mark: UInt8) -> Int? {
        let digits = text.dropFirst().prefix(2)
        guard text.first == mark, digits.count == 2, digits.allSatisfy(\.isDigit) else {
            return nil
        }
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    /// Nil when nothing but codes is told.
    func detail(_ words: MTWords) -> StatementDetail? {
        let texts = parts.filter { (20...29).contains($0.number) || (60...63).contains($0.number) }
            .map(\.text)
        var detail = words.detail(ofSubfields: texts)
        if detail.counterparty == nil { detail.counterparty = joined(32, 33) }
        if detail.counterpartyAccount == nil {
            detail.counterpartyAccount = joined(38, 38) ?? joined(31, 31)
        }
        return detail == StatementDetail() ? nil : detail
    }

    private func joined(_ first: Int, _ last: Int) -> String? {
        MTWords.joined(parts.filter { $0.number == first || $0.number == last }.map(\.text))
    }
}
