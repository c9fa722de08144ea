/// A field of MT940 or MT942, as far as a statement needs it.
enum MTField: Equatable {
    /// 20.
    case reference
    /// 21.
    case relatedReference
    /// 25, 25P.
    case account
    /// 28, 28C.
    case number
    /// 13, 13D.
    case created
    /// 34F.
    case floor
    /// 60F, 60M.
    case opening
    /// 61.
    case line
    /// 62F, 62M.
    case closing
    /// 64.
    case available
    /// 65.
    case forwardAvailable
    /// 86.
    case information
    /// 90C, 90D.
    case totals(CreditDebit)
    /// NS: what a bank tells in its own form, of a line like field 86.
    case bankOwn
    /// `:940:` and `:942:`, with which some files precede a message.
    case messageType
    /// What looks like a field and is none of these.
    case unknown

    /// The field that a line begins, with its tag and where its content begins; nil for a line that
    /// goes on with the field before it.
    ///
    /// Two digits between colons that are no tag here are text: a time of day that was wrapped
    /// (`:26:37`) is more frequent in field 86 than tags nobody knows.
    static func begun(by line: ArraySlice<UInt8>) -> (field: MTField, tag: String, content: Int)? {
        guard line.first == UInt8(ascii: ":") else { return nil }
        let behind = line.dropFirst()
        guard let colon = behind.prefix(4).firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let tag = String(decoding: behind[..<colon], as: UTF8.self)
        if let field = named(tag) { return (field, tag, colon + 1) }
        let isLikeATag =
            tag.utf8.count == 3 && tag.utf8.prefix(2).allSatisfy(\.isDigit)
            && tag.utf8.suffix(1).allSatisfy(\.isCapital)
        return isLikeATag ? (.unknown, tag, colon + 1) : nil
    }

    private static func named(_ tag: String) -> MTField? {
        switch tag {
        case "20": .reference
        case "21": .relatedReference
        case "25", "25P": .account
        case "28", "28C": .number
        case "13", "13D": .created
        case "34F": .floor
        case "60F", "60M": .opening
        case "61": .line
        case "62F", "62M": .closing
        case "64": .available
        case "65": .forwardAvailable
        case "86": .information
        case "90C": .totals(.credit)
        case "90D": .totals(.debit)
        case "NS": .bankOwn
        case "940", "942": .messageType
        default: nil
        }
    }

    /// Whether what stands in it is for people, on as many lines as it takes.
    var holdsText: Bool { self == .information || self == .line || self == .bankOwn }
}

extension UInt8 {
    var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
    var isCapital: Bool { self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") }
    var isLetterOrDigit: Bool {
        isDigit || isCapital || (self >= UInt8(ascii: "a") && self <= UInt8(ascii: "z"))
    }
    /// Space or tab.
    var isBlank: Bool { self == UInt8(ascii: " ") || self == 0x09 }
}

extension ArraySlice<UInt8> {
    /// Without blanks at its ends.
    var trimmed: ArraySlice<UInt8> {
        let front = drop(while: \.isBlank)
        return front.prefix(
            upTo: front.lastIndex { !$0.isBlank }.map { $0 + 1 } ?? front.startIndex)
    }

    /// At most so many bytes, with no character cut in two.
    func bounded(to count: Int) -> ArraySlice<UInt8> {
        guard self.count > count else { return self }
        var end = startIndex + count
        while end > startIndex, self[end] & 0xC0 == 0x80 { end -= 1 }
        return self[..<end]
    }

    var string: String { String(decoding: self, as: UTF8.self) }

    /// At most 40 characters, for a sentence.
    var quoted: String { "'\(cut(string, to: 40))'" }

    /// Where a word begins, from `start` on; nil when it does not occur.
    ///
    /// - Complexity: O(length × word).
    func firstIndex(of word: StaticString, from start: Int? = nil) -> Int? {
        let count = word.utf8CodeUnitCount
        var index = start ?? startIndex
        while index + count <= endIndex {
            if self[index...].starts(with: word) { return index }
            index += 1
        }
        return nil
    }

    func starts(with word: StaticString) -> Bool {
        guard self.count >= word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { self.starts(with: $0) }
    }
}
