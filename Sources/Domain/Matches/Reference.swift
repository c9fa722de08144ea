/// What a reference names, and who gave it. A rule says which kinds tie a line to an entry.
public enum ReferenceKind: UInt8, BitwiseCopyable, CaseIterable, Comparable, Sendable {
    /// The payment's own name through the whole chain of banks.
    case uetr = 0
    /// `EndToEndId`: given by the debtor, handed on by everybody.
    case endToEnd
    /// What the gateway wrote into its own instruction (`InstrId`, MT 61 subfield 7).
    case own
    /// What the agent gave (`AcctSvcrRef`, MT 61 behind `//`).
    case agent
    /// Any other: `NtryRef`, `TxId`, a creditor reference in the remittance.
    case other

    public static func < (a: ReferenceKind, b: ReferenceKind) -> Bool { a.rawValue < b.rawValue }

    /// For sentences, for example `end-to-end identification`.
    public var words: String {
        switch self {
        case .uetr: "UETR"
        case .endToEnd: "end-to-end identification"
        case .own: "own reference"
        case .agent: "agent's reference"
        case .other: "other reference"
        }
    }
}

/// Some kinds of references.
public struct ReferenceKinds: OptionSet, BitwiseCopyable, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public init(_ kind: ReferenceKind) { self.init(rawValue: 1 << kind.rawValue) }

    public static let uetr = ReferenceKinds(.uetr)
    public static let endToEnd = ReferenceKinds(.endToEnd)
    public static let own = ReferenceKinds(.own)
    public static let agent = ReferenceKinds(.agent)
    public static let other = ReferenceKinds(.other)

    public func contains(_ kind: ReferenceKind) -> Bool { contains(ReferenceKinds(kind)) }
}

/// A reference as it is compared: of fixed size, so that a ledger can keep it and sort by it.
///
/// Agents write in capitals what came in small letters and break lines within: capitals stand for
/// both, and spaces are left out. What says that there is none (`NOTPROVIDED`, `NONREF`) is no
/// reference: it would tie everything to everything.
public struct Reference: BitwiseCopyable, Hashable, Sendable {
    public let kind: ReferenceKind
    /// Of a text the first 18 characters in 7 bits each, of a UETR its bits.
    public let beginning: UInt128
    /// The other 17 characters.
    public let rest: UInt128

    /// Characters of the longest one (ISO 20022 `Max35Text`).
    public static var longest: Int { 35 }
    private static var charactersInBeginning: Int { 18 }

    private init(kind: ReferenceKind, beginning: UInt128, rest: UInt128) {
        self.kind = kind
        self.beginning = beginning
        self.rest = rest
    }

    public init(_ uetr: UETR) { self.init(kind: .uetr, beginning: uetr.bits, rest: 0) }

    /// Nil for a text that names nothing: no UETR where one is due; empty, longer than 35
    /// characters, not of ASCII; one that only says that there is no reference.
    ///
    /// - Complexity: O(length of the text).
    public init?(_ kind: ReferenceKind, _ text: some StringProtocol) {
        guard kind != .uetr else {
            guard let uetr = UETR(text) else { return nil }
            self.init(uetr)
            return
        }
        guard let read = withUTF8(text, { Reference(kind, utf8: $0) }) else { return nil }
        self = read
    }

    /// Reads the same of UTF-8, of any kind but a UETR.
    private init?(_ kind: ReferenceKind, utf8 text: UnsafeBufferPointer<UInt8>) {
        var (beginning, rest): (UInt128, UInt128) = (0, 0)
        var count = 0
        var namesSomething = false
        for byte in text where byte != UInt8(ascii: " ") {
            guard byte > 0x20, byte < 0x7F, count < Reference.longest else { return nil }
            let isSmall = byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")
            let character = isSmall ? byte & 0xDF : byte
            if count < Reference.charactersInBeginning {
                beginning = beginning << 7 | UInt128(character)
            } else {
                rest = rest << 7 | UInt128(character)
            }
            count += 1
            namesSomething = namesSomething || Reference.tellsApart(character)
        }
        guard namesSomething, !Reference.placeholders.contains(beginning) || rest != 0 else {
            return nil
        }
        // To the left, so that the order is that of the texts.
        beginning <<= UInt128(7 * max(0, Reference.charactersInBeginning - count))
        rest <<= UInt128(7 * (Reference.longest - max(count, Reference.charactersInBeginning)))
        self.init(kind: kind, beginning: beginning, rest: rest)
    }

    /// Dashes, points and zeros alone name nothing.
    private static func tellsApart(_ character: UInt8) -> Bool {
        character >= UInt8(ascii: "1") && character <= UInt8(ascii: "9")
            || character >= UInt8(ascii: "A") && character <= UInt8(ascii: "Z")
    }

    /// `NOTPROVIDED` is the EPC's word, `NONREF` SWIFT's; the others are habits of agents.
    private static let placeholders: [UInt128] = [
        "NOTPROVIDED", "NONREF", "NOREF", "NONE", "UNKNOWN", "N/A",
    ].map { text in text.utf8.reduce(0) { $0 << 7 | UInt128($1) } }
}

extension Reference {
    /// Whether both sides have references of a kind, and none in common.
    ///
    /// - Complexity: O(product of their counts).
    public static func differ(
        _ some: [Reference], _ others: [Reference], in kind: ReferenceKind
    ) -> Bool {
        var isComparable = false
        for reference in some where reference.kind == kind {
            if others.contains(reference) { return false }
            isComparable = true
        }
        return isComparable && others.contains { $0.kind == kind }
    }
}

extension Reference: Comparable {
    /// By kind, then in the order of the characters.
    @inlinable
    public static func < (a: Reference, b: Reference) -> Bool {
        if a.kind != b.kind { return a.kind.rawValue < b.kind.rawValue }
        if a.beginning != b.beginning { return a.beginning < b.beginning }
        return a.rest < b.rest
    }
}

extension Reference: CustomStringConvertible {
    /// The text that is compared: in capitals, without spaces; a UETR in its usual form.
    public var description: String {
        guard kind != .uetr else { return UETR(bits: beginning).description }
        var text = ""
        for (part, places) in [(beginning, 18), (rest, 17)] {
            for place in 1...places {
                let code = UInt8(truncatingIfNeeded: part >> UInt128(7 * (places - place))) & 0x7F
                if code > 0 { text.unicodeScalars.append(Unicode.Scalar(code)) }
            }
        }
        return text
    }
}
