internal import Domain

/// Finds the content hash among the fields of a command that has one.
struct StatedHash: FieldVisitor {
    private var found: UInt128?

    static func of(_ command: some DeclaredCommand) -> UInt128? {
        var command = command
        var visitor = StatedHash()
        command.visit(&visitor)
        return visitor.found
    }

    mutating func field<Value: FieldValue>(
        _ name: String, _ value: inout Value, _ form: FieldForm
    ) {
        if name == "content_hash" { found = value as? UInt128 }
    }
}
