package import Gateway

/// An answer in JSON for people, by the shape of its message: its own fields as lines, and each of
/// its lists as rows of a table, which others lay out.
package struct AnswerText: Equatable, Sendable {
    /// A list within the answer: only columns that say anything.
    package struct Table: Equatable, Sendable {
        package let name: String
        package let columns: [String]
        package let rows: [[String]]
    }

    /// Names and values.
    package private(set) var lines: [[String]] = []
    package private(set) var tables: [Table] = []
    /// Leads to the page that follows; empty when there is none.
    package let nextPage: String

    package init(_ answer: JSONValue, _ shape: MessageShape) {
        nextPage = answer["nextPageToken"]?.plain ?? ""
        for field in shape.fields where field.protoName != "next_page_token" {
            guard field.isRepeated, case .message(let place) = field.kind else {
                let value = answer[field.jsonName]
                lines += AnswerText.lines(AnswerText.words(field.protoName), value, field)
                continue
            }
            let elements = answer[field.jsonName]?.elements ?? []
            tables.append(
                AnswerText.table(field, elements, MessageShapes.all[place]))
        }
    }

    /// A field as lines: one for a value, and one for each value of a message within.
    private static func lines(
        _ name: String, _ value: JSONValue?, _ field: MessageShape.Field
    ) -> [[String]] {
        guard let value else { return [] }
        let text = cell(value)
        guard text.isEmpty, case .message(let place) = field.kind else {
            return text.isEmpty ? [] : [[name, text]]
        }
        return MessageShapes.all[place].fields.flatMap { inner in
            inner.isRepeated && !inner.kind.isScalar
                ? [] : lines("\(name) \(words(inner.protoName))", value[inner.jsonName], inner)
        }
    }

    private static func table(
        _ field: MessageShape.Field, _ elements: [JSONValue], _ row: MessageShape
    ) -> Table {
        let columns = row.fields.filter { column in
            elements.contains { element in
                element[column.jsonName].map { !cell($0).isEmpty } ?? false
            }
        }
        return Table(
            name: words(field.protoName), columns: columns.map { words($0.protoName) },
            rows: elements.map { element in
                columns.map { column in
                    let value = element[column.jsonName]
                    // Of a result the code is enough where there are many.
                    return (value?["sentence"] == nil ? value : value?["code"]).map(cell) ?? ""
                }
            })
    }

    /// A scalar, an amount, a result, or several scalars; empty for anything larger.
    private static func cell(_ value: JSONValue) -> String {
        switch value {
        case .null, .flag, .number, .text: return oneLine(value.plain)
        case .list(let elements): return oneLine(elements.map(\.plain).joined(separator: ", "))
        case .object:
            if let amount = value["amount"]?.plain, let currency = value["currency"]?.plain {
                return "\(amount) \(currency)"
            }
            if let code = value["code"]?.plain, let sentence = value["sentence"]?.plain {
                return "\(code): \(sentence)"
            }
            return ""
        }
    }

    /// Texts come from banks: what would move the cursor of a terminal is shown as a dot.
    private static func oneLine(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator: "·"
                    default: scalar
                    }
                }))
    }

    private static func words(_ name: String) -> String { name.replacing("_", with: " ") }
}

extension MessageShape.Kind {
    fileprivate var isScalar: Bool { if case .message = self { false } else { true } }
}
