package import Domain

/// What a payment's details become when it goes on to the next bank: everything that came stays,
/// but from bank to bank it is another instruction, settled on another day, and perhaps in part.
package struct OnwardTransfer: Sendable {
    /// Of the new instruction, at most 35 characters.
    package var instructionIdentification: String
    /// When it was settled.
    package var settlementDate: CalendarDate
    package var instructingAgent: BIC
    package var instructedAgent: BIC
    /// The banks of debtor and creditor, where the details do not name them by BIC.
    package var debtorAgent: BIC
    package var creditorAgent: BIC
    /// An amount or a rate of the whole says nothing of a part.
    package var isPart: Bool

    package init(
        instructionIdentification: String, settlementDate: CalendarDate, instructingAgent: BIC,
        instructedAgent: BIC, debtorAgent: BIC, creditorAgent: BIC, isPart: Bool
    ) {
        self.instructionIdentification = instructionIdentification
        self.settlementDate = settlementDate
        self.instructingAgent = instructingAgent
        self.instructedAgent = instructedAgent
        self.debtorAgent = debtorAgent
        self.creditorAgent = creditorAgent
        self.isPart = isPart
    }

    /// Fields of `PaymentDetails` that are of the instruction that came: its identification, day,
    /// times and banks.
    private static let ofInstruction: UInt64 =
        1 << 2 | 1 << 12 | 1 << 14 | 1 << 15 | 1 << 18 | 1 << 29 | 1 << 33
    /// Instructed amount, rates and charges.
    private static let ofWhole: UInt64 = 1 << 19 | 1 << 20 | 1 << 21 | 1 << 23

    /// The details of the payment as it goes on, with all that a message must have.
    ///
    /// - Complexity: O(bytes).
    package func details(of bytes: [UInt8]) -> [UInt8] {
        let scanner = WireScanner(bytes: bytes)
        var fields: [WireField] = []
        guard scanner.fields(in: 0..<bytes.count, to: &fields) else { return bytes }
        let left = OnwardTransfer.ofInstruction | (isPart ? OnwardTransfer.ofWhole : 0)
        var writer = WireWriter()
        var present: UInt64 = 0
        for field in fields where left & 1 << UInt64(field.number) == 0 {
            // No field of the message itself is a flag.
            writer.add(field.number, bytes[field.start..<field.end])
            present |= 1 << UInt64(field.number)
        }
        func lacks(_ number: Int) -> Bool { present & 1 << UInt64(number) == 0 }
        writer.add(2, instructionIdentification)
        writer.add(12, settlementDate.description)
        writer.add(29, bic: instructingAgent)
        writer.add(33, bic: instructedAgent)
        let agents = [(39, debtorAgent), (40, creditorAgent)]
        for (number, bic) in agents where !scanner.namesBIC(fields, number) {
            writer.add(number, bic: bic)
        }
        if lacks(1) { writer.add(1, PaymentStatusReport.notProvided) }
        for party in [4, 5] where lacks(party) {
            let start = writer.begin(party)
            writer.add(1, PaymentStatusReport.notProvided)
            writer.end(start)
        }
        if lacks(22), !TransferDetails.areOfInstitutions(bytes) { writer.add(22, "SHAR") }
        return writer.bytes
    }
}

/// `Party.bic`.
private let bicNumber = 10

extension WireWriter {
    fileprivate mutating func add(_ number: Int, _ text: String) {
        add(number, ArraySlice(text.utf8))
    }

    /// A party that is named by its BIC.
    fileprivate mutating func add(_ number: Int, bic: BIC) {
        let start = begin(number)
        add(bicNumber, bic.description)
        end(start)
    }
}

extension WireScanner {
    /// Whether a party among the fields has a BIC.
    fileprivate func namesBIC(_ fields: [WireField], _ number: Int) -> Bool {
        fields.contains { field in
            var inner: [WireField] = []
            return field.number == number
                && self.fields(in: field.start..<field.end, to: &inner)
                && inner.contains { $0.number == bicNumber }
        }
    }
}
