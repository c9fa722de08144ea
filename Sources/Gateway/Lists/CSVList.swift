internal import Domain
internal import SwiftProtobuf

/// The rows of a list as CSV (RFC 4180), by the shape of its answer: a column for each field of a
/// row, two for an amount with its currency. What is itself a list or a larger message within a row
/// is left out; the single record has it.
///
/// A value; each page costs O(its bytes), and nothing of it is kept but the sums.
struct CSVList: Sendable {
    struct Column: Sendable {
        let name: String
        /// The message within the row that has the field; nil for the row's own.
        let outer: MessageShape.Field?
        let field: MessageShape.Field
        /// Whether there are sums of it, and where its currency stands.
        let sum: Sum
    }

    enum Sum: Sendable {
        case none
        /// An amount whose currency stands in the next column.
        case withNext
        /// One in the currency of the row, or of the whole answer.
        case withRow
    }

    /// What a file of it is called.
    let name: String
    /// The fields of the answer with the rows. Where there are several, the first column says in
    /// which one a row stands.
    private let fields: [MessageShape.Field]
    private let row: MessageShape
    let columns: [Column]
    /// Places of the columns that are summed.
    let summed: [Int]
    /// The currency of a row, where it is a field of its own.
    let currency: MessageShape.Field?
    /// By which rows are summed apart, beside the sums of all; nil for none.
    let group: MessageShape.Field?
    /// The accounts of a transfer; nil for other rows.
    let sides: (debit: MessageShape.Field, credit: MessageShape.Field)?

    /// Nil when an answer is no list.
    init?(_ answer: MessageShape) {
        guard let rows = answer.rows else { return nil }
        fields = rows.fields
        row = rows.shape
        let kind = rows.shape.name.lastName
        name = CSVList.names[kind] ?? rows.fields[0].protoName
        columns = rows.shape.fields.flatMap { CSVList.columns(of: $0, in: kind) }
        summed = columns.indices.filter { [columns] in columns[$0].sum != .none }
        currency = rows.shape["currency"]
        group = CSVList.groups[kind].flatMap { rows.shape[$0] }
        sides = rows.shape["debit_account"].flatMap { debit in
            rows.shape["credit_account"].map { (debit, $0) }
        }
    }

    /// Columns with amounts as plain texts, by the message of a row.
    private static let amounts: [String: Set<String>] = [
        "Account": ["balance", "held", "credit_limit", "available"],
        "DebitCap": ["cap", "position", "held", "room"],
        "DayBalance": ["opening", "closing"], "FeeLine": ["paid", "fee"],
        "AgentStatementLine": ["amount"],
    ]
    private static let groups = ["FeeLine": "foreign_currency"]
    /// Where the field has no name that says what is in it.
    private static let names = ["FeeLine": "fees", "BookLevel": "book", "PolicyLine": "policy"]

    /// What answers to a single command say and lists never, and what is as long as a list itself.
    private static let left: Set = [
        "Payment.repetition", "Payment.next_fills_page_token", "Participant.command_id",
        "Participant.proposal", "Corridor.command_id", "Corridor.proposal",
        "OutgoingMessage.xml",
    ]
    /// What is shown of messages within a row. Others are left out.
    private static let shown = [
        "Money": ["amount", "currency"], "Result": ["code"],
        "PaymentDetails": ["end_to_end_id", "instruction_id", "transaction_id"],
    ]

    private static func columns(of field: MessageShape.Field, in row: String) -> [Column] {
        guard !left.contains("\(row).\(field.protoName)") else { return [] }
        guard case .message(let place) = field.kind else {
            let isAmount = amounts[row]?.contains(field.protoName) ?? false
            let sum: Sum = isAmount ? .withRow : .none
            return [Column(name: field.protoName, outer: nil, field: field, sum: sum)]
        }
        let inner = MessageShapes.all[place]
        guard !field.isRepeated, let names = shown[inner.name.lastName] else { return [] }
        return names.compactMap { name in
            inner[name].map { part in
                let isValue = name == "amount" || name == "code"
                return Column(
                    name: isValue ? field.protoName : "\(field.protoName)_\(name)",
                    outer: field, field: part, sum: name == "amount" ? .withNext : .none)
            }
        }
    }

    /// The heading, behind the mark by which spreadsheets know UTF-8.
    var heading: String {
        "\u{FEFF}" + CSVText.line((fields.count > 1 ? ["list"] : []) + columns.map(\.name))
    }
    /// Cells of a line.
    var width: Int { columns.count + (fields.count > 1 ? 1 : 0) }

    /// The rows of a page as lines, counted and summed.
    ///
    /// - Complexity: O(bytes of the page).
    func lines(_ page: MessageFields, _ totals: inout CSVTotals) -> String {
        let pageCurrency = page.message("day")?.text("currency") ?? ""
        return fields.reduce(into: "") { text, field in
            let place = fields.count > 1 ? [field.protoName] : []
            for row in page.messages(field, row) {
                let cells = cells(of: row)
                totals.add(row, cells, self, otherwise: pageCurrency)
                let safe = zip(columns, cells).map { column, cell in
                    column.field.kind.isText ? CSVText.harmless(cell) : cell
                }
                text += CSVText.line(place + safe)
            }
        }
    }

    private func cells(of row: MessageFields) -> [String] {
        var inner: [Int: MessageFields] = [:]
        return columns.map { column in
            guard let outer = column.outer else { return row.cell(column.field) }
            let message = inner[outer.number] ?? row.message(outer.protoName)
            inner[outer.number] = message
            return message?.cell(column.field) ?? ""
        }
    }
}

extension String {
    /// Of a name with dots: what stands behind the last one.
    var lastName: String { split(separator: ".").last.map(String.init) ?? self }
}

extension MessageShape.Kind {
    fileprivate var isText: Bool { if case .text = self { true } else { false } }
}

extension MessageFields {
    /// The messages of a list.
    func messages(_ field: MessageShape.Field, _ shape: MessageShape) -> [MessageFields] {
        all(field).map { MessageFields($0, shape) }
    }

    /// A message within this one; nil when it is not said.
    func message(_ name: String) -> MessageFields? {
        guard let field = shape[name], holds(field), case .message(let place) = field.kind else {
            return nil
        }
        return MessageFields(bytes(field), MessageShapes.all[place])
    }

    /// A value as a cell of a table; several are separated by blanks.
    fileprivate func cell(_ field: MessageShape.Field) -> String {
        if field.oneof != nil, !holds(field) { return "" }
        switch field.kind {
        case .text:
            return all(field).map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
        case .flag: return number(field) == 0 ? "false" : "true"
        case .integer(let range):
            let all = field.isRepeated ? numbers(field) : [number(field)]
            return all.map { range.lowerBound < 0 ? "\(Int64(bitPattern: $0))" : "\($0)" }
                .joined(separator: " ")
        case .word:
            return numbers(field).compactMap { number in
                number > 0 && number < field.words.count ? field.words[Int(number)] : nil
            }.joined(separator: " ")
        case .time:
            guard holds(field),
                let time = try? Google_Protobuf_Timestamp(serializedBytes: bytes(field)),
                let text = try? time.jsonString()
            else { return "" }
            return String(text.dropFirst().dropLast())
        case .bytes, .number, .message: return ""
        }
    }
}
