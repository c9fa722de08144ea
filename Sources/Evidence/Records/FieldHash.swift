/// Salted hashes of fields: H(02 ‖ field number ‖ salt ‖ value). A field that is absent has no
/// bytes of value, and its hash tells nobody so.
enum FieldHash {
    /// Bytes before the value.
    static let head = 18

    /// A value is a text, not a document.
    static let mostBytes = 4_096

    static func begin(_ message: inout [UInt8], _ field: HiddenField, _ salt: Salt) {
        message.removeAll(keepingCapacity: true)
        message.append(SuiteHasher.Prefix.field.rawValue)
        message.append(field.rawValue)
        salt.withBytes { message.append(contentsOf: $0) }
    }

    static func hash(
        _ field: HiddenField, _ salt: Salt, _ value: [UInt8], with hasher: borrowing SuiteHasher
    ) -> Digest {
        var message: [UInt8] = []
        begin(&message, field, salt)
        return hasher.hash(message + value)
    }

    /// The root under which texts hang: H(03 ‖ (field number ‖ hash)…), in the order of the kind.
    static func root(
        of texts: [HiddenValue], with hasher: borrowing SuiteHasher
    ) -> Digest {
        let message = texts.flatMap { [$0.field.rawValue] + $0.hash.bytes }
        return message.withUnsafeBytes { hasher.hash(.group, $0) }
    }
}

/// What stands in a record for a hidden field.
package struct HiddenValue: Equatable, Sendable {
    package let side: RecordSide
    package let field: HiddenField
    /// Salted; of ``HiddenField/texts`` the root.
    package let hash: Digest
}
