/// A field as it is declared, without a value.
public struct FieldName: Equatable, Sendable {
    public let name: String
    public let column: FieldColumn
    /// A column that shows another one to people, and is not read back.
    public let isShown: Bool
}

extension Declared {
    /// Its fields in their order, ``FieldVisitor/details(_:)`` included.
    public static var fieldNames: [FieldName] {
        var value = Self()
        var names = NameVisitor()
        value.visit(&names)
        return names.names
    }
}

private struct NameVisitor: FieldVisitor {
    var names: [FieldName] = []

    mutating func field<Value: FieldValue>(
        _ name: String, _ value: inout Value, _ form: FieldForm
    ) {
        names.append(FieldName(name: name, column: form.column, isShown: false))
    }

    mutating func instant(
        _ name: String, shownAs column: String, _ value: inout Timestamp, _ form: FieldForm
    ) {
        names.append(FieldName(name: column, column: form.column, isShown: true))
        field(name, &value, form)
    }

    mutating func details(_ range: inout AttachmentRange) {
        names.append(FieldName(name: "details", column: .text, isShown: true))
    }
}
