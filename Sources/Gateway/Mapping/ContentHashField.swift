internal import Domain

/// The content hash among the fields of a command that has one.
struct ContentHashField: FieldVisitor {
    private(set) var found: UInt128?
    /// What takes its place.
    var given: UInt128?

    mutating func field<Value: FieldValue>(
        _ name: String, _ value: inout Value, _ form: FieldForm
    ) {
        guard name == "content_hash" else { return }
        found = value as? UInt128
        if let given = given as? Value { value = given }
    }
}

extension DeclaredCommand {
    /// Its content hash; nil for a command that has none.
    var statedHash: UInt128? {
        var command = self
        var field = ContentHashField()
        command.visit(&field)
        return field.found
    }

    /// With the hash over itself and the note, where it has one.
    ///
    /// - Precondition: its hash is zero.
    /// - Throws: `MALFORMED_REQUEST` for a note that is too long.
    func hashed(_ hashing: ContentHashing, note: String) throws(GatewayError) -> Self {
        guard statedHash != nil else { return self }
        var command = self
        var field = ContentHashField(given: try hashing.hash(self, note: note))
        command.visit(&field)
        return command
    }
}
