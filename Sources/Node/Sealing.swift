package import Domain
internal import Evidence

// Sealing takes a hash for each attachment. So it is done where commands come in, by whoever brings
// them, and not by the thread that owns the ledger.

extension SealedCommands {
    /// Seals the attachments with random salts.
    ///
    /// - Complexity: O(bytes).
    package init(sealing commands: EncodedCommands) {
        let salts = randomBytes(commands.attached * SealedCommands.saltSize)
        var used = 0
        let hasher = commands.attached > 0 ? SHA256Hasher() : nil
        self.init(
            commands,
            salt: { salt in
                salt.copyBytes(from: salts[used..<used + salt.count])
                // All zeros mean that it is erased.
                if salt.allSatisfy({ $0 == 0 }) { salt[0] = 1 }
                used += salt.count
            },
            seal: { hasher?.hash($0, into: $1) })
    }
}

extension SealedCommands {
    /// Reads what another node has sealed and sent: a batch of these commands alone.
    ///
    /// - Returns: nil when it is none, or its contents are not those that were sealed.
    /// - Complexity: O(bytes).
    package init?(received batch: [UInt8], contents: [UInt8], hashedWith key: ContentKey?) {
        guard let batch = try? Batch(decoding: batch, contents: contents),
            batch.rules.sealsAttachments, batch.commandCount > 0,
            let erased = try? batch.checkContents(), erased.isEmpty
        else { return nil }
        self.init(of: batch, hashedWith: key)
    }
}

extension Batch {
    /// Builds a batch of commands, sealing their attachments.
    package init(
        sealing commands: [EncodedCommand], rules: RuleVersion = .current, timestamp: Timestamp
    ) {
        var packed = EncodedCommands()
        for command in commands { packed.append(command) }
        self.init(packed: [SealedCommands(sealing: packed)], rules: rules, timestamp: timestamp)
    }

    /// The UETRs of the orders whose attachments are erased.
    ///
    /// - Throws: the position of the first command whose content is neither what was sealed nor
    ///   erased. Only orders' contents are ever erased.
    /// - Complexity: O(bytes).
    func checkContents() throws(DamagedContent) -> [UETR] {
        guard !contents.isEmpty else { return [] }
        let hasher = SHA256Hasher()
        var damaged: Int?
        var erased: [UETR] = []
        var digest = [UInt8](repeating: 0, count: SealedCommands.sealSize)
        forEachSeal { seal in
            if seal.isErased, let uetr = seal.uetr { return erased.append(uetr) }
            seal.content.withUnsafeBytes { content in
                digest.withUnsafeMutableBytes { hasher.hash(content, into: $0) }
            }
            if !digest.elementsEqual(seal.digest) { damaged = damaged ?? seal.position }
        }
        if let damaged { throw DamagedContent(position: damaged) }
        return erased
    }
}

/// The content of a command is not what was sealed.
struct DamagedContent: Error {
    let position: Int
}

extension ContentKey {
    /// A new one.
    package static var random: ContentKey {
        guard let key = ContentKey(randomBytes(ContentKey.size)) else {
            preconditionFailure("32 random bytes are not all zero")
        }
        return key
    }
}
