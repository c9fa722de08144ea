internal import Domain

/// The words of one enumeration, ready to be written and recognised without building strings: for
/// accounts, of which there are many.
struct CodeTable<Case: Worded>: Sendable {
    /// By raw value: the length as four bytes, then the word.
    private let fields: [[UInt8]]
    private let cases: [(word: [UInt8], value: Case)]

    /// What a damaged field reads as.
    var first: Case { cases[0].value }

    init() {
        let highest = Case.allCases.map(\.rawValue).max() ?? 0
        var fields = [[UInt8]](repeating: [], count: Int(highest) + 1)
        var cases: [(word: [UInt8], value: Case)] = []
        for value in Case.allCases {
            let bytes = Array(value.word.utf8)
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
    static let currency = CodeTable<Currency>()
    static let accountKind = CodeTable<AccountKind>()
}
