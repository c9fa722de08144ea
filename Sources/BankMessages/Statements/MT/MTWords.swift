/// The words that mark what a part of field 86 is.
struct MTWords {
    /// Bytes of an identification: what is longer is none.
    let longest: Int

    /// A piece of a text, of one subfield. A subfield holds 27 characters: a shorter one ends with
    /// a word, a full one may break it.
    private struct Piece {
        var text: ArraySlice<UInt8>
        let isFull: Bool

        init(_ subfield: ArraySlice<UInt8>) {
            text = subfield
            isFull = subfield.count { $0 & 0xC0 != 0x80 } >= 27
        }
    }

    static func joined(_ subfields: [ArraySlice<UInt8>]) -> String? {
        joined(subfields.map { Piece($0) })
    }

    /// Nil when nothing but blanks is left.
    private static func joined(_ pieces: [Piece]) -> String? {
        var joined: [UInt8] = []
        var isOpen = true
        for piece in pieces where !piece.text.isEmpty {
            if !isOpen, joined.last?.isBlank == false, piece.text.first?.isBlank == false {
                joined.append(UInt8(ascii: " "))
            }
            joined += piece.text
            isOpen = piece.isFull
        }
        let text = joined[...].trimmed
        return text.isEmpty ? nil : text.string
    }

    // MARK: SEPA's words in German subfields

    /// `EREF+` or `EREF:` and its like, wherever a subfield begins or a blank stands in front.
    func detail(ofSubfields subfields: [ArraySlice<UInt8>]) -> StatementDetail {
        var parts: [(word: String, pieces: [Piece])] = [("", [])]
        for piece in MTWords.mended(subfields.map { Piece($0) }) {
            let text = piece.text
            var rest = piece
            var index = text.startIndex
            while index < text.endIndex {
                let isAtWord =
                    index == rest.text.startIndex || text[index - 1].isBlank
                guard isAtWord, let word = MTWords.sepaWord(text[index...]) else {
                    index += 1
                    continue
                }
                rest.text = text[rest.text.startIndex..<index]
                parts[parts.count - 1].pieces.append(rest)
                parts.append((word, []))
                index += word.utf8.count + 1
                rest.text = text[index...]
            }
            parts[parts.count - 1].pieces.append(rest)
        }
        var detail = StatementDetail()
        for (word, pieces) in parts where word != "SVWZ" && !word.isEmpty {
            set(word, Array(pieces.map(\.text).joined())[...].trimmed, in: &detail)
        }
        // A text for people is put together by words; without its mark it stands in front.
        let text = parts.first { $0.word == "SVWZ" } ?? parts[0]
        detail.remittance = MTWords.joined(text.pieces)
        return detail
    }

    /// Puts a word together again that the end of its subfield cuts (`S`, `VWZ+`).
    private static func mended(_ pieces: [Piece]) -> [Piece] {
        var mended: [Piece] = []
        for piece in pieces {
            mended.append(piece)
            guard mended.count > 1 else { continue }
            let before = mended[mended.count - 2].text
            for count in 1...4 where before.count >= count {
                let word = Array(before.suffix(count)) + piece.text.prefix(5 - count)
                guard before.dropLast(count).last?.isBlank != false, sepaWord(word[...]) != nil
                else { continue }
                mended[mended.count - 2].text = before.dropLast(count)
                mended[mended.count - 1].text = (Array(before.suffix(count)) + piece.text)[...]
                break
            }
        }
        return mended
    }

    private static func sepaWord(_ text: ArraySlice<UInt8>) -> String? {
        let letters = text.prefix(4).prefix(while: \.isCapital)
        guard letters.count >= 3, letters.endIndex < text.endIndex,
            "+:".utf8.contains(text[letters.endIndex])
        else { return nil }
        let word = letters.string
        return sepaWords.contains(word) ? word : nil
    }

    private static let sepaWords: Set = [
        "EREF", "KREF", "MREF", "CRED", "DEBT", "COAM", "OAMT", "SVWZ", "ABWA", "ABWE", "IBAN",
        "BIC", "PURP", "RREF", "UETR", "MDAT", "ANAM", "SQTP", "ORCR", "DDAT", "MTLG",
    ]

    // MARK: Words between slashes

    /// `/EREF/…/REMI/…`; nil when there is no such word.
    func detail(ofSlashed text: ArraySlice<UInt8>) -> StatementDetail? {
        var parts: [(word: String, value: ArraySlice<UInt8>)] = []
        var index = text.startIndex
        var open: (word: String, start: Int)?
        while let slash = text[index...].firstIndex(of: UInt8(ascii: "/")) {
            guard let word = MTWords.slashedWord(text[slash...]) else {
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
        for part in parts { set(part.word, MTWords.bare(part.value), in: &detail) }
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

    /// The first of a kind counts: a later one may be part of what a payer wrote.
    private func set(
        _ word: String, _ value: ArraySlice<UInt8>, in detail: inout StatementDetail
    ) {
        let isText = word == "REMI" || word == "SVWZ"
        guard !value.isEmpty, isText || value.count <= longest else { return }
        let text = value.string
        guard text != "NONREF" else { return }
        func keep(_ place: WritableKeyPath<StatementDetail, String?>, _ value: String?) {
            if detail[keyPath: place] == nil { detail[keyPath: place] = value }
        }
        switch word {
        case "EREF": keep(\.endToEndIdentification, text)
        case "UETR": keep(\.uetr, text)
        case "KREF", "IREF", "INSTR": keep(\.instructionIdentification, text)
        case "TXID": keep(\.transactionIdentification, text)
        case "MREF", "MARF": keep(\.mandateIdentification, text)
        case "NAME": keep(\.counterparty, text)
        case "IBAN", "ACCW": keep(\.counterpartyAccount, MTWords.fields(of: value)[0])
        case "CNTP":
            let fields = MTWords.fields(of: value)
            keep(\.counterpartyAccount, fields[0])
            if fields.count > 2, !fields[2].isEmpty { keep(\.counterparty, fields[2]) }
        case "REMI", "SVWZ": keep(\.remittance, MTWords.remittance(text))
        case "RTRN": keep(\.returnReason, text)
        case "CHGS": detail.charges = detail.charges ?? MTWords.charges(value)
        default: break
        }
    }

    /// Of `account/BIC/name/city`, each of which may be empty; of `account,BIC`.
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
