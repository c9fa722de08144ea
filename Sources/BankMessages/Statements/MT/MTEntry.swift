/// Field 61: one line of a statement, cut into its subfields.
struct MTEntry {
    let writtenValueDate: ArraySlice<UInt8>
    /// `MMDD`; empty where none is written: then it is the value date.
    let writtenEntryDate: ArraySlice<UInt8>
    let mark: Mark
    let amount: MTNumbers.Amount
    /// `NTRF`; nil where a bank leaves it out.
    let type: String?
    let ownerReference: String?
    let agentReference: String?
    /// What stands behind the owner's reference on the same line, in files that fill it up to its
    /// sixteen places.
    let trailingText: ArraySlice<UInt8>?

    /// Subfield 3. C and RD come in, D and RC go out; EC and ED (MT942) are expected.
    enum Mark: String {
        case credit = "C"
        case debit = "D"
        case reversedCredit = "RC"
        case reversedDebit = "RD"
        case expectedCredit = "EC"
        case expectedDebit = "ED"

        var direction: CreditDebit {
            switch self {
            case .credit, .reversedDebit, .expectedCredit: .credit
            case .debit, .reversedCredit, .expectedDebit: .debit
            }
        }
        var isReversal: Bool { self == .reversedCredit || self == .reversedDebit }
        var isExpected: Bool { self == .expectedCredit || self == .expectedDebit }
    }

    /// Why a field 61 is no line.
    enum Fault: Error {
        case date, mark, amount
    }

    /// - Parameter text: the first line of the field.
    init(_ text: ArraySlice<UInt8>, currency: String?) throws(Fault) {
        var rest = text
        writtenValueDate = rest.prefix(6)
        guard writtenValueDate.count == 6, writtenValueDate.allSatisfy(\.isDigit) else {
            throw .date
        }
        rest = rest.dropFirst(6)
        writtenEntryDate = MTEntry.entryDate(&rest)
        guard let mark = MTEntry.mark(&rest) else { throw .mark }
        self.mark = mark
        let digits = rest.prefix {
            $0.isDigit || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ".")
        }
        guard let amount = MTNumbers.amount(digits, currency: currency) else { throw .amount }
        self.amount = amount
        rest = rest[digits.endIndex...].drop(while: \.isBlank)
        type = MTEntry.type(&rest)
        (ownerReference, agentReference, trailingText) = MTEntry.references(rest)
    }

    /// Four digits, or four blanks in their place.
    private static func entryDate(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let four = rest.prefix(4)
        guard four.count == 4, four.allSatisfy(\.isDigit) else {
            rest = rest.drop(while: \.isBlank)
            return rest.prefix(0)
        }
        rest = rest.dropFirst(4)
        return four
    }

    /// The mark with the funds code behind it: one letter, the third of the currency.
    private static func mark(_ rest: inout ArraySlice<UInt8>) -> Mark? {
        let length =
            rest.first == UInt8(ascii: "R") || rest.first == UInt8(ascii: "E") ? 2 : 1
        guard let mark = Mark(rawValue: rest.prefix(length).string) else { return nil }
        rest = rest.dropFirst(length)
        if rest.first?.isCapital == true { rest = rest.dropFirst() }
        rest = rest.drop(while: \.isBlank)
        return mark
    }

    /// N, S or F with three more; banks that use a code of two letters fill up with a blank.
    private static func type(_ rest: inout ArraySlice<UInt8>) -> String? {
        let four = rest.prefix(4)
        guard let first = four.first, "NSF".utf8.contains(first), four.count == 4,
            four.allSatisfy({ $0.isDigit || $0.isCapital || $0.isBlank })
        else { return nil }
        rest = rest.dropFirst(4)
        return four.trimmed.string
    }

    /// The owner's reference, behind `//` the agent's; words that say that there is none, or that
    /// field 86 has it, are none.
    private static func references(
        _ rest: ArraySlice<UInt8>
    ) -> (owner: String?, agent: String?, text: ArraySlice<UInt8>?) {
        var (owner, agent, text): (_, ArraySlice<UInt8>?, ArraySlice<UInt8>?) = (rest, nil, nil)
        if let slashes = rest.firstIndex(of: "//") {
            owner = rest[..<slashes]
            agent = rest[(slashes + 2)...].trimmed
        } else if rest.count > 16, rest[rest.startIndex + 15].isBlank {
            owner = rest.prefix(16)
            text = rest.dropFirst(16).trimmed
        }
        return (reference(owner.trimmed), agent.flatMap(reference), text)
    }

    private static func reference(_ text: ArraySlice<UInt8>) -> String? {
        let words: Set = ["", "NONREF", "EREF", "KREF", "MREF", "PREF", "MARF", "KREF+", "EREF+"]
        let reference = text.string
        return words.contains(reference) ? nil : reference
    }
}
