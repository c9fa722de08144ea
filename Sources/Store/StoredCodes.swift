internal import Domain

// The words that stand in the tables for the cases of Domain's enumerations. They are data: a word
// is never reused for another case.

/// The words of one enumeration, ready to be written and recognised without building strings.
struct CodeTable<Case: CaseIterable & RawRepresentable & Sendable>: Sendable
where Case.RawValue == UInt8 {
    /// By raw value: the length as four bytes, then the word.
    private let fields: [[UInt8]]
    private let cases: [(word: [UInt8], value: Case)]

    /// What a damaged field reads as.
    var first: Case { cases[0].value }

    init(_ word: (Case) -> String) {
        let highest = Case.allCases.map(\.rawValue).max() ?? 0
        var fields = [[UInt8]](repeating: [], count: Int(highest) + 1)
        var cases: [(word: [UInt8], value: Case)] = []
        for value in Case.allCases {
            let bytes = Array(word(value).utf8)
            let length = UInt32(bytes.count).bigEndian
            fields[Int(value.rawValue)] = withUnsafeBytes(of: length) { Array($0) } + bytes
            cases.append((bytes, value))
        }
        self.fields = fields
        self.cases = cases
    }

    /// The word as a field of a COPY row.
    func field(of value: Case) -> [UInt8] { fields[Int(value.rawValue)] }

    func text(of value: Case) -> String {
        String(decoding: fields[Int(value.rawValue)].dropFirst(4), as: UTF8.self)
    }

    /// - Complexity: O(number of cases).
    func value(of bytes: UnsafeRawBufferPointer) -> Case? {
        for candidate in cases
        where candidate.word.count == bytes.count && bytes.elementsEqual(candidate.word) {
            return candidate.value
        }
        return nil
    }
}

enum Codes {
    static let currency = CodeTable<Currency> { $0.code }
    static let accountKind = CodeTable<AccountKind> { $0.name }

    static let participantState = CodeTable<ParticipantState> {
        switch $0 {
        case .active: "active"
        case .suspended: "suspended"
        }
    }

    static let corridorState = CodeTable<CorridorState> {
        switch $0 {
        case .open: "open"
        case .halted: "halted"
        case .closed: "closed"
        }
    }

    static let selfMatch = CodeTable<SelfMatch> {
        switch $0 {
        case .allow: "allow"
        case .cancelNewest: "cancel-newest"
        case .cancelOldest: "cancel-oldest"
        case .decrementBoth: "decrement-both"
        }
    }
}

/// Identifiers as text that always reads back exactly.
///
/// The log may hold numbers that are no well-formed identifier (the order was rejected for it, but
/// the row is on record); they are written as `#` and the number instead of stopping the ledger.
enum StoredIdentifier {
    static func text(_ bic: BIC) -> String? {
        guard bic != .none else { return nil }
        let text = bic.description
        return BIC(text) == bic ? text : "#\(bic.packed)"
    }

    static func text(_ lei: LEI) -> String? {
        guard lei != .none else { return nil }
        let text = lei.description
        return LEI(text) == lei ? text : "#\(lei.packed)"
    }

    static func text(_ country: CountryCode) -> String {
        let text = country.description
        return CountryCode(text) == country ? text : "#\(country.packed)"
    }

    static func text(_ roles: ParticipantRoles) -> String {
        let words = roleWords.filter { roles.contains($0.role) }.map(\.word)
        let text = words.joined(separator: "+")
        return self.roles(text) == roles ? text : "#\(roles.rawValue)"
    }

    static func bic(_ text: String?) -> BIC? {
        guard let text else { return BIC.none }
        return number(text).map(BIC.init(packed:)) ?? BIC(text)
    }

    static func lei(_ text: String?) -> LEI? {
        guard let text else { return LEI.none }
        return number(text).map(LEI.init(packed:)) ?? LEI(text)
    }

    static func country(_ text: String) -> CountryCode? {
        number(text).map(CountryCode.init(packed:)) ?? CountryCode(text)
    }

    static func roles(_ text: String) -> ParticipantRoles? {
        if let number: UInt8 = number(text) { return ParticipantRoles(rawValue: number) }
        var roles: ParticipantRoles = []
        for word in text.split(separator: "+") {
            guard let known = roleWords.first(where: { $0.word == word }) else { return nil }
            roles.insert(known.role)
        }
        return roles
    }

    private static let roleWords: [(role: ParticipantRoles, word: String)] = [
        (.payer, "payer"), (.liquidityProvider, "liquidity-provider"),
        (.receiveOnly, "receive-only"),
    ]

    private static func number<Integer: FixedWidthInteger>(_ text: String) -> Integer? {
        text.first == "#" ? Integer(text.dropFirst()) : nil
    }
}
