/// The fields of a message by the names that JSON has for them, from the tables.
final class DetailsShape: Sendable {
    enum Kind: Sendable {
        case text
        case flag
        case message(DetailsShape)
    }

    final class Field: Sendable {
        /// In lowerCamelCase.
        let name: [UInt8]
        /// The name as it begins a field: quoted, with its colon.
        let key: [UInt8]
        let number: Int
        let kind: Kind
        let isRepeated: Bool

        fileprivate init(_ label: String, _ number: Int, _ kind: Kind, isRepeated: Bool = false) {
            name = DetailsShape.jsonName(label)
            key = Array("\"".utf8) + name + Array("\":".utf8)
            self.number = number
            self.kind = kind
            self.isRepeated = isRepeated
        }
    }

    /// In order of their numbers.
    let fields: [Field]
    /// By their numbers.
    private let byNumber: [Field?]

    private init(_ fields: [Field]) {
        self.fields = fields.sorted { $0.number < $1.number }
        var byNumber = [Field?](repeating: nil, count: 64)
        for field in fields { byNumber[field.number] = field }
        self.byNumber = byNumber
    }

    /// The field of a number below 64.
    subscript(_ number: Int) -> Field? { byNumber[number] }

    /// Looked for from `place` on: JSON is written in the order of the numbers.
    func place(of name: ArraySlice<UInt8>, from place: Int) -> Int? {
        var current = place
        for _ in fields.indices {
            if name.elementsEqual(fields[current].name) { return current }
            current = current + 1 == fields.count ? 0 : current + 1
        }
        return nil
    }

    static let details: DetailsShape = {
        var found: [String: [Int: BankMessages.Field]] = [:]
        let tables = [Component.customerTransfer, .institutionTransfer, TransferDetails.beside]
        for table in tables { collect(table, as: table.message, into: &found) }
        var made = [
            "Money": DetailsShape([Field("currency", 1, .text), Field("amount", 2, .text)])
        ]
        return shape(of: "PaymentDetails", found, &made)
    }()

    /// The fields of each message by their numbers: several components may be one message.
    private static func collect(
        _ component: Component, as message: String,
        into found: inout [String: [Int: BankMessages.Field]]
    ) {
        for field in component.fields {
            switch field.form {
            case .inline(let inner): collect(inner, as: message, into: &found)
            case .elsewhere: continue
            case .message(let inner):
                found[message, default: [:]][field.number] = field
                collect(inner, as: inner.message, into: &found)
            default: found[message, default: [:]][field.number] = field
            }
        }
    }

    private static func shape(
        of message: String, _ found: [String: [Int: BankMessages.Field]],
        _ made: inout [String: DetailsShape]
    ) -> DetailsShape {
        if let shape = made[message] { return shape }
        var fields: [Field] = []
        for (number, field) in found[message] ?? [:] {
            let kind: Kind =
                switch field.form {
                case .message(let inner): .message(shape(of: inner.message, found, &made))
                case .amount: .message(shape(of: "Money", found, &made))
                case .indicator: .flag
                default: .text
                }
            fields.append(Field(field.label, number, kind, isRepeated: field.isRepeated))
        }
        let shape = DetailsShape(fields)
        made[message] = shape
        return shape
    }

    /// `town_name` is `townName`.
    private static func jsonName(_ label: String) -> [UInt8] {
        let words = label.split(separator: "_")
        return Array(
            (words.prefix(1) + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() })
                .joined().utf8)
    }
}
