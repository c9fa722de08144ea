/// The words that mark what a part of field 86 is.
enum MTWords {
    /// What stands behind a word, to the next one.
    private typealias Part = (word: String, value: ArraySlice<UInt8>)

    /// Subfields hold 27 characters: a shorter one ends with a word, a full one may break it.
    static func joined(_ texts: [ArraySlice<UInt8>]) -> String {
        var joined: [UInt8] = []
        var before: ArraySlice<UInt8> = []
        for text in texts {
            let endsWord = before.count < 27 && joined.last?.isBlank == false
            if endsWord, text.first?.isBlank == false { joined.append(UInt8(ascii: " ")) }
            joined += text
            before = text
        }
        return joined[...].string
    }

    // MARK: SEPA's words in German subfields

    /// `EREF+` and its like, wherever a subfield begins or a blank stands in front.
    static func detail(ofSubfields texts: [ArraySlice<UInt8>]) -> StatementDetail? {
        guard !texts.isEmpty else { return nil }
        var parts: [(word: String, texts: [ArraySlice<UInt8>])] = [("", [])]
        for text in rewrapped(texts) {
            var rest = text
            var start = text.startIndex
            var index = start
            while index < text.endIndex {
                if index == start || text[index - 1].isBlank
                    || text[index - 1] == UInt8(ascii: "+"),
                    let word = sepaWord(text[index...])
                {
                    parts[parts.count - 1].texts.append(text[rest.startIndex..<index])
                    parts.append((word, []))
                    start = index + 5
                    rest = text[start...]
                    index = start
                } else {
                    index += 1
                }
            }
            parts[parts.count - 1].texts.append(rest)
        }
        var detail = StatementDetail()
        for (word, texts) in parts { set(word, texts, in: &detail) }
        return detail == StatementDetail() ? nil : detail
    }

    /// A word that is cut by the end of its subfield (`S`, `VWZ+`) is put together again.
    private static func rewrapped(_ texts: [ArraySlice<UInt8>]) -> [ArraySlice<UInt8>] {
        var wrapped: [ArraySlice<UInt8>] = []
        for text in texts {
            guard let before = wrapped.last,
                let tail = (1...4).first(where: { count in
                    let word = Array(before.suffix(count)) + text.prefix(5 - count)
                    return before.count >= count && sepaWord(word[...]) != nil
                        && before.dropLast(count).last?.isBlank != false
                })
            else {
                wrapped.append(text)
                continue
            }
            wrapped[wrapped.count - 1] = before.dropLast(tail)
            wrapped.append((Array(before.suffix(tail)) + text)[...])
        }
        return wrapped
    }

    private static func sepaWord(_ text: ArraySlice<UInt8>) -> String? {
        guard text.count >= 5, text[text.startIndex + 4] == UInt8(ascii: "+") else { return nil }
        let word = text.prefix(4).string
        return sepaWords.contains(word) ? word : nil
    }

    private static let sepaWords: Set = [
        "EREF", "KREF", "MREF", "CRED", "DEBT", "COAM", "OAMT", "SVWZ", "ABWA", "ABWE", "IBAN",
        "BIC", "PURP", "RREF", "UETR", "MDAT", "ANAM", "SQTP", "ORCR", "DDAT",
    ]

    /// Texts of identifications are put together as they are, those for people by words.
    private static func set(
        _ word: String, _ texts: [ArraySlice<UInt8>], in detail: inout StatementDetail
    ) {
        let identification = Array(texts.joined())[...].trimmed
        guard !identification.isEmpty else { return }
        switch word {
        case "SVWZ": detail.remittance = joined(texts)
        case "": detail.remittance = detail.remittance ?? joined(texts)
        default: set(word, identification, in: &detail)
        }
    }

    // MARK: Words between slashes

    /// `/EREF/…/REMI/…`; nil when there is no such word.
    static func detail(ofSlashed text: ArraySlice<UInt8>) -> StatementDetail? {
        var parts: [Part] = []
        var index = text.startIndex
        var open: (word: String, start: Int)?
        while let slash = text[index...].firstIndex(of: UInt8(ascii: "/")) {
            guard let word = slashedWord(text[slash...]) else {
                index = slash + 1
                continue
            }
            if let open { parts.append((open.word, text[open.start..<slash])) }
            let start = slash + word.utf8.count + 2
            open = (word, start)
            // The slash that ends a word may begin the next one.
            index = start
        }
        if let open { parts.append((open.word, text[open.start...])) }
        var detail = StatementDetail()
        for part in parts { set(part.word, bare(part.value), in: &detail) }
        return detail == StatementDetail() ? nil : detail
    }

    private static func slashedWord(_ text: ArraySlice<UInt8>) -> String? {
        let letters = text.dropFirst().prefix(9).prefix(while: \.isCapital)
        guard (2...8).contains(letters.count), letters.endIndex < text.endIndex,
            text[letters.endIndex] == UInt8(ascii: "/")
        else { return nil }
        let word = letters.string
        return slashedWords.contains(word) ? word : nil
    }

    private static let slashedWords: Set = [
        "EREF", "UETR", "REMI", "ORDP", "BENM", "NAME", "ADDR", "IBAN", "BIC", "CNTP", "MARF",
        "CSID", "PREF", "TRTP", "RTRN", "ISDT", "PURP", "ULTC", "ULTD", "ULTB", "KREF", "IREF",
        "TRCD", "ACCW", "CRED", "CREF", "MREF", "SVWZ", "OCMT", "CHGS", "EXCH", "ID", "SVCL",
        "INSTR", "TXID",
    ]

    /// Without the slashes and blanks around it.
    private static func bare(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isOuter: (UInt8) -> Bool = { $0.isBlank || $0 == UInt8(ascii: "/") }
        let front = value.drop(while: isOuter)
        return front.prefix(
            upTo: front.lastIndex { !isOuter($0) }.map { $0 + 1 } ?? front.startIndex)
    }

    // MARK: Where values go

    private static func set(
        _ word: String, _ value: ArraySlice<UInt8>, in detail: inout StatementDetail
    ) {
        let text = value.string
        guard !text.isEmpty, text != "NONREF" else { return }
        switch word {
        case "EREF": detail.endToEndIdentification = text
        case "UETR": detail.uetr = text
        case "KREF", "IREF", "INSTR": detail.instructionIdentification = text
        case "TXID": detail.transactionIdentification = text
        case "MREF", "MARF": detail.mandateIdentification = text
        case "NAME": detail.counterparty = detail.counterparty ?? text
        case "IBAN", "ACCW": detail.counterpartyAccount = fields(of: value)[0]
        case "CNTP": setCounterparty(value, in: &detail)
        case "REMI", "SVWZ": detail.remittance = remittance(text)
        case "RTRN": detail.returnReason = text
        case "CHGS": detail.charges = charges(value)
        default: break
        }
    }

    /// `account/BIC/name/city`; each may be empty.
    private static func setCounterparty(
        _ value: ArraySlice<UInt8>, in detail: inout StatementDetail
    ) {
        let fields = fields(of: value)
        detail.counterpartyAccount = fields[0]
        if fields.count > 2 { detail.counterparty = fields[2].nonBlank }
    }

    private static func fields(of value: ArraySlice<UInt8>) -> [String] {
        value.split(omittingEmptySubsequences: false) {
            $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ",")
        }.map(\.string)
    }

    /// `USTD//text`, `STRD/CUR/reference`, or the text alone.
    private static func remittance(_ text: String) -> String {
        for prefix in ["USTD//", "STRD/CUR/", "STRD/ISO/"] where text.hasPrefix(prefix) {
            return String(text.dropFirst(prefix.count))
        }
        return text
    }

    /// `EUR0,5`.
    private static func charges(_ value: ArraySlice<UInt8>) -> ExactDecimal? {
        let currency = value.prefix(3)
        guard currency.allSatisfy(\.isCapital) else { return nil }
        return MTNumbers.amount(value.dropFirst(3), currency: currency.string)?.value
    }
}

extension String {
    fileprivate var nonBlank: String? { isEmpty ? nil : self }
}
