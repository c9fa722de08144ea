package import Domain

/// The details of a credit transfer: what belongs to a payment beside its order, as bytes of the
/// protobuf message `PaymentDetails`.
///
/// Reading a message makes them, the order's record keeps them, JSON and gRPC show and bring them,
/// and the message to the creditor's bank is written of them. The tables of ``Component`` say once
/// what each of these may hold.
package enum TransferDetails {
    /// Fields of `PaymentDetails` that no element of a transaction is for: the message that brought
    /// the payment, own words, and what the gateway says.
    package static let beside = Component(
        "PaymentDetails",
        [
            Field("MsgId", 8, "message_id", .text(35)),
            Field("MsgDefIdr", 53, "message_name", .text(35)),
            Field("note", 9, "note", .words),
            Field("originator", 30, "originating_bank", .words),
            Field("payer", 31, "payer_code", .words),
            Field("creditor", 32, "creditor_code", .words),
        ])

    /// What is wrong with details that came by JSON or gRPC; nil when a message could hold them.
    ///
    /// - Complexity: O(bytes).
    package static func fault(in bytes: [UInt8]) -> DetailsFault? {
        var checker = ComponentWriter(checking: bytes)
        do {
            try checker.walk(table(for: bytes), beside: beside)
            return nil
        } catch {
            return error
        }
    }

    /// The details that stand on record as JSON; nil for JSON that no protobuf library writes so.
    ///
    /// - Complexity: O(length).
    package static func bytes(json: String) -> [UInt8]? { DetailsJSON.bytes(json) }

    /// Whether the details say which transfer of a bank is covered: one version alone has room for
    /// that.
    package static func coverInstitutionTransfer(_ bytes: [UInt8]) -> Bool {
        var fields: [WireField] = []
        return WireScanner(bytes: bytes).fields(in: 0..<bytes.count, to: &fields)
            && fields.contains { $0.number == 51 }
    }

    /// Whether a reference has none but characters that a message can hold.
    package static func canHold(reference text: String) -> Bool { isPrintable(text) }

    /// Writes the details as the content of a `CdtTrfTxInf` of a message.
    ///
    /// - Returns: the elements, and how many values the edition had no place for.
    /// - Throws: ``MessageWritingError`` when something is missing that the message must have.
    /// - Complexity: O(bytes).
    package static func elements(
        of bytes: [UInt8], _ definition: MessageDefinition, _ frame: TransferFrame, depth: Int
    ) throws(MessageWritingError) -> (xml: [UInt8], omissions: Int) {
        var writer = ComponentWriter(
            writing: bytes, in: definition.edition, frame, depth: depth)
        do {
            try writer.walk(definition.table, beside: beside)
        } catch {
            let path = (["CdtTrfTxInf"] + error.elements).joined(separator: "/")
            throw MessageWritingError(path: path, sentence: "\(error.path) \(error.rule).")
        }
        return (writer.xml, writer.omissions)
    }

    private static func table(for bytes: [UInt8]) -> Component {
        areOfInstitutions(bytes) ? .institutionTransfer : .customerTransfer
    }

    /// Whether the details are of a bank's own transfer: it names banks as its parties, or covers a
    /// customer's.
    package static func areOfInstitutions(_ bytes: [UInt8]) -> Bool {
        let scanner = WireScanner(bytes: bytes)
        var fields: [WireField] = []
        guard scanner.fields(in: 0..<bytes.count, to: &fields) else { return false }
        return fields.contains { field in
            switch field.number {
            case 49, 50, 51: return true
            case 4, 5, 37, 41:
                var inner: [WireField] = []
                return scanner.fields(in: field.start..<field.end, to: &inner)
                    && inner.contains { (10...14).contains($0.number) }
            default: return false
            }
        }
    }
}

/// What is wrong with details.
package struct DetailsFault: Error, Equatable, Sendable {
    /// The rest of a sentence that begins with the field.
    package let rule: String
    /// Something is not there; anything else is there and wrong.
    var isMissing = false
    /// The fields and the elements that lead to it, the innermost first.
    private var labels: [String]
    private var steps: [String] = []

    init(_ fault: FormFault, at label: String = "") {
        rule = fault.rule
        labels = label.isEmpty ? [] : [label]
    }

    /// The same, told from the message around it.
    func within(_ field: Field, _ index: Int) -> DetailsFault {
        var fault = self
        if !field.label.isEmpty {
            fault.labels.append(field.label + (field.isRepeated ? "[\(index)]" : ""))
        }
        fault.steps.append(field.element)
        return fault
    }

    /// The field, for example `details.debtor.postal_address.town_name`.
    package var path: String { (["details"] + labels.reversed()).joined(separator: ".") }

    /// The elements that lead to it, below `CdtTrfTxInf`.
    var elements: [String] { steps.reversed() }
}

/// What the order itself says, and the elements of its transfer say as well.
package struct TransferFrame: Sendable {
    package var uetr: UETR
    package var interbankSettlementAmount: Money

    static let uetrName = ElementName("UETR")

    package init(uetr: UETR, interbankSettlementAmount: Money) {
        self.uetr = uetr
        self.interbankSettlementAmount = interbankSettlementAmount
    }
}

extension MessageDefinition {
    /// What a `CdtTrfTxInf` may hold, of a credit transfer.
    package var table: Component { isOfInstitution ? .institutionTransfer : .customerTransfer }

    /// Which edition of the components a credit transfer is made of: a pacs.009 skipped one.
    package var edition: Edition {
        Edition(isOfInstitution && version >= 11 ? version + 1 : version)
    }

    private var isOfInstitution: Bool { message == .financialInstitutionCreditTransfer }
}

extension Field {
    /// By what an error names it: its field, or those of an element that has none.
    var names: String {
        guard label.isEmpty, case .inline(let component) = form else { return label }
        return component.fields.map(\.names).filter { !$0.isEmpty }.joined(separator: " or ")
    }

    /// Whether both are the same element of one edition.
    func isAnotherWay(to other: Field) -> Bool {
        name == other.name && editions.overlaps(other.editions)
    }
}

extension Form {
    /// The beginning of a text that is too long, as much as may be; nil for what cannot be cut.
    func cut(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard case .text(let length) = self, !value.isEmpty, isPrintableText(value) else {
            return nil
        }
        var count = 0
        let end = value.firstIndex { byte in
            if byte & 0xC0 != 0x80 { count += 1 }
            return count > length
        }
        return value[..<(end ?? value.endIndex)]
    }
}

extension Component {
    /// What the tables call a field of a message; its number, when they do not.
    static func label(_ number: Int, in message: String) -> String {
        for table in [customerTransfer, institutionTransfer] {
            if let label = table.label(number, in: message) { return label }
        }
        return "field \(number)"
    }

    private func label(_ number: Int, in type: String) -> String? {
        for field in fields {
            if message == type, field.number == number { return field.label }
            switch field.form {
            case .message(let inner), .inline(let inner):
                if let label = inner.label(number, in: type) { return label }
            default: continue
            }
        }
        return nil
    }
}
