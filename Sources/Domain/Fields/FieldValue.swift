/// A value that can be a field of a declared command or row: one conformance says how it stands in
/// the log, in the state hash and in a table.
public protocol FieldValue: Equatable, Sendable {
    /// The integer that stands for it in the log and in the state hash.
    associatedtype Bits: FixedWidthInteger & BitwiseCopyable

    var bits: Bits { get }
    /// Nil when no value has these bits.
    init?(bits: Bits)

    /// The type of its column, unless the field names another.
    static var column: FieldColumn { get }
    /// What stands in a column of text; nil is SQL null.
    var text: String? { get }
    /// Reads what ``text`` wrote; nil when no value is written so.
    init?(text: String?)
}

/// What a column holds.
public enum FieldColumn: Sendable {
    /// `smallint`, `integer` and `bigint`; unsigned numbers of the same size by their bits.
    case int2, int4, int8
    /// `uuid`.
    case uuid
    /// `bytea` of the value's bytes, the most significant first.
    case bytes
    case text
}

extension Bool: FieldValue {
    public var bits: UInt8 { self ? 1 : 0 }
    public init?(bits: UInt8) {
        guard bits < 2 else { return nil }
        self = bits == 1
    }
    public static var column: FieldColumn { .int2 }
    public var text: String? { String(self) }
    public init?(text: String?) {
        guard let text, let value = Bool(text) else { return nil }
        self = value
    }
}

// MARK: Integers

extension FieldValue where Self: FixedWidthInteger & BitwiseCopyable {
    public var bits: Self { self }
    public init?(bits: Self) { self = bits }
    public var text: String? { String(self) }
    public init?(text: String?) {
        guard let text, let value = Self(text) else { return nil }
        self = value
    }
}

extension UInt8: FieldValue {
    public typealias Bits = UInt8
    public static var column: FieldColumn { .int2 }
}

extension Int16: FieldValue {
    public typealias Bits = Int16
    public static var column: FieldColumn { .int2 }
}

extension UInt16: FieldValue {
    public typealias Bits = UInt16
    public static var column: FieldColumn { .int4 }
}

extension UInt32: FieldValue {
    public typealias Bits = UInt32
    public static var column: FieldColumn { .int4 }
}

extension Int64: FieldValue {
    public typealias Bits = Int64
    public static var column: FieldColumn { .int8 }
}

extension UInt64: FieldValue {
    public typealias Bits = UInt64
    public static var column: FieldColumn { .int8 }
}

extension UInt128: FieldValue {
    public typealias Bits = UInt128
    public static var column: FieldColumn { .bytes }
}

extension Rate: FieldValue {
    public var bits: Int64 { scaled }
    public init?(bits: Int64) { self.init(scaled: bits) }
    public static var column: FieldColumn { .int8 }
    public var text: String? { scaled.text }
    public init?(text: String?) {
        guard let scaled = Int64(text: text) else { return nil }
        self.init(scaled: scaled)
    }
}

// MARK: Identifiers

// Their texts always read back exactly. The log may hold numbers that are no well-formed
// identifier (the command was refused for it, or is older than the rule); they are written as `#`
// and the number instead of stopping the ledger.

extension UETR: FieldValue {
    public static var column: FieldColumn { .uuid }
    public var text: String? { written(description, bits, isRead: UETR(description) == self) }
    public init?(text: String?) {
        guard let text, let read = number(text).map(UETR.init(bits:)) ?? UETR(text) else {
            return nil
        }
        self = read
    }
}

extension BIC: FieldValue {
    public var bits: UInt64 { packed }
    public init?(bits: UInt64) { self.init(packed: bits) }
    public static var column: FieldColumn { .text }
    public var text: String? {
        self == .none ? nil : written(description, bits, isRead: BIC(description) == self)
    }
    public init?(text: String?) {
        guard let text else {
            self = .none
            return
        }
        guard let read = number(text).map(BIC.init(packed:)) ?? BIC(text) else { return nil }
        self = read
    }
}

extension LEI: FieldValue {
    public var bits: UInt128 { packed }
    public init?(bits: UInt128) { self.init(packed: bits) }
    public static var column: FieldColumn { .text }
    public var text: String? {
        self == .none ? nil : written(description, bits, isRead: LEI(description) == self)
    }
    public init?(text: String?) {
        guard let text else {
            self = .none
            return
        }
        guard let read = number(text).map(LEI.init(packed:)) ?? LEI(text) else { return nil }
        self = read
    }
}

extension TextPart: FieldValue {
    public var bits: UInt128 { packed }
    public init?(bits: UInt128) { self.init(packed: bits) }
    public static var column: FieldColumn { .text }
    public var text: String? {
        let isRead = TextPart(ascii: ArraySlice(description.utf8)) == self
        // A text may itself begin with the sign of a number.
        return written(description, bits, isRead: isRead && description.first != "#")
    }
    public init?(text: String?) {
        guard let text else { return nil }
        let read = number(text).map(TextPart.init(packed:))
        guard let read = read ?? TextPart(ascii: ArraySlice(text.utf8)) else { return nil }
        self = read
    }
}

extension ClearingCode: FieldValue {
    public var bits: UInt128 { packed }
    public init?(bits: UInt128) { self.init(packed: bits) }
    public static var column: FieldColumn { .text }
    public var text: String? {
        written(description, bits, isRead: ClearingCode(description) == self)
    }
    public init?(text: String?) {
        guard let text,
            let read = number(text).map(ClearingCode.init(packed:)) ?? ClearingCode(text)
        else { return nil }
        self = read
    }
}

extension Correspondence: FieldValue {
    public var bits: UInt128 { UInt128(correspondent.packed) << 64 | UInt128(bank.packed) }
    public init?(bits: UInt128) {
        self.init(
            BIC(packed: UInt64(bits >> 64)), of: BIC(packed: UInt64(truncatingIfNeeded: bits)))
    }
    public static var column: FieldColumn { .text }
    public var text: String? {
        written(description, bits, isRead: Correspondence(description) == self)
    }
    public init?(text: String?) {
        guard let text,
            let read = number(text).flatMap(Correspondence.init(bits:))
                ?? Correspondence(text)
        else { return nil }
        self = read
    }
}

extension CountryCode: FieldValue {
    public var bits: UInt16 { packed }
    public init?(bits: UInt16) { self.init(packed: bits) }
    public static var column: FieldColumn { .text }
    public var text: String? {
        written(description, bits, isRead: CountryCode(description) == self)
    }
    public init?(text: String?) {
        guard let text, let read = number(text).map(CountryCode.init(packed:)) ?? CountryCode(text)
        else { return nil }
        self = read
    }
}

extension ResultCode: FieldValue {
    public var bits: UInt16 { rawValue }
    public init?(bits: UInt16) { self.init(rawValue: bits) }
    public static var column: FieldColumn { .text }
    public var text: String? { name }
    public init?(text: String?) {
        guard let code = ResultCode.allCases.first(where: { $0.name == text }) else { return nil }
        self = code
    }
}

extension ParticipantRoles: WordedSet {
    public static let words: [(member: ParticipantRoles, word: String)] = [
        (.payer, "payer"), (.liquidityProvider, "liquidity-provider"),
        (.receiveOnly, "receive-only"),
    ]
}

extension MessageWishes: WordedSet {
    public static let words: [(member: MessageWishes, word: String)] = [
        (.statusReports, "status-reports"), (.creditTransfers, "credit-transfers"),
        (.creditTransferParts, "credit-transfer-parts"), (.notifications, "notifications"),
    ]
}

extension MessageVersions: FieldValue {
    public var bits: UInt64 { packed }
    public init?(bits: UInt64) { self.init(packed: bits) }
    public static var column: FieldColumn { .text }
    public var text: String? {
        written(description, bits, isRead: MessageVersions(description) == self)
    }
    public init?(text: String?) {
        guard let text,
            let read = number(text).map(MessageVersions.init(packed:)) ?? MessageVersions(text)
        else { return nil }
        self = read
    }
}

extension OperatorRoles: WordedSet {
    public static let words: [(member: OperatorRoles, word: String)] = [
        (.payments, "payments"), (.limits, "limits"), (.reconciliation, "reconciliation"),
        (.security, "security"), (.read, "read"),
    ]
}

extension CommandKind: FieldValue {
    public var bits: UInt8 { rawValue }
    /// Nil for a kind that there is not.
    public init?(bits: UInt8) {
        self.init(rawValue: bits)
        if !isKnown { return nil }
    }
    public static var column: FieldColumn { .text }
    public var text: String? { description }
    public init?(text: String?) {
        guard let kind = CommandKind.all.first(where: { $0.description == text }) else {
            return nil
        }
        self = kind
    }
}

/// A set whose members have a word each, like the cases of what is ``Worded``.
public protocol WordedSet: FieldValue, OptionSet
where RawValue == UInt8, Bits == UInt8, Element == Self {
    static var words: [(member: Self, word: String)] { get }
}

extension WordedSet {
    public var bits: UInt8 { rawValue }
    public init?(bits: UInt8) { self.init(rawValue: bits) }
    public static var column: FieldColumn { .text }

    /// The words of its members that have one.
    public var members: [String] {
        Self.words.filter { contains($0.member) }.map(\.word)
    }

    /// The words of the members, or the number of a set that has others too.
    public var text: String? {
        let joined = members.joined(separator: "+")
        return written(joined, rawValue, isRead: Self(words: joined) == self)
    }

    public init?(text: String?) {
        guard let text else { return nil }
        if let raw: UInt8 = number(text) {
            self.init(rawValue: raw)
        } else {
            self.init(words: text)
        }
    }

    private init?(words: String) {
        self = []
        for word in words.split(separator: "+") {
            guard let known = Self.words.first(where: { $0.word == word }) else { return nil }
            insert(known.member)
        }
    }
}

private func written(_ text: String, _ bits: some BinaryInteger, isRead: Bool) -> String {
    isRead ? text : "#\(bits)"
}

private func number<Integer: FixedWidthInteger>(_ text: String) -> Integer? {
    text.first == "#" ? Integer(text.dropFirst()) : nil
}
