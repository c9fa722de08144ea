package import Domain
internal import Evidence

/// How the contents of commands are hashed: the first 128 bits of SHA-256 over the ledger's key and
/// the command, encoded without the hash (R11.6). They tell a repetition from a conflict.
package struct ContentHashing: Sendable {
    /// Those of the ledger.
    let rules: RuleVersion
    let key: ContentKey
    /// What the line of a replay says the content's hash is, where its key is not told.
    var stated: UInt128?

    /// - Parameter key: none in a ledger of version 2 and in a replay that states none.
    package init(rules: RuleVersion = .current, key: ContentKey = .none) {
        self.rules = rules
        self.key = key
    }

    /// The hash of a command without one, and of the note beside it.
    ///
    /// - Throws: `MALFORMED_REQUEST` for a note beyond the bound of attachments.
    func hash(
        _ command: some DeclaredCommand, note: String?
    ) throws(GatewayError) -> UInt128 {
        let note = note ?? ""
        guard note.utf8.count <= Domain.Limits.bytesPerAttachment else {
            throw Field.malformed("note", "is too long")
        }
        return hash(EncodedCommand(.declared(command), attachment: note.utf8))
    }

    func hash(_ command: EncodedCommand) -> UInt128 {
        stated ?? command.bytes.withUnsafeBytes { SHA256Hasher().first128Bits(of: $0, key: key) }
    }
}

extension Directory {
    /// How contents are hashed now.
    ///
    /// - Throws: `UNAVAILABLE` while rules of version 3 have just begun and the node has not yet
    ///   given the ledger its key.
    var hashing: ContentHashing {
        get throws(GatewayError) {
            let rules = rules
            guard rules.sealsAttachments else { return ContentHashing(rules: rules) }
            let key = contentKey
            guard key != .none else { throw GatewayError(.unavailable) }
            return ContentHashing(rules: rules, key: key)
        }
    }
}
