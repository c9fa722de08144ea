package import Domain

extension SealedCommands {
    /// Commands sealed with salts of a pattern and no real hash: for tests that look at forms.
    package init(fake commands: EncodedCommands) {
        var salts: UInt8 = 0
        self.init(
            commands,
            salt: { salt in
                salts = salts % 255 + 1
                for place in salt.indices { salt[place] = salts }
            },
            seal: { content, seal in
                for (place, byte) in content.enumerated() { seal[place % seal.count] ^= byte }
            })
    }

    package init(fake commands: [EncodedCommand]) {
        var packed = EncodedCommands()
        for command in commands { packed.append(command) }
        self.init(fake: packed)
    }
}

extension Batch {
    /// A batch of commands with attachments, sealed so.
    package init(
        fake commands: [EncodedCommand], rules: RuleVersion = .current, timestamp: Timestamp,
        hashedIndex: UInt64 = 0, stateHash: UInt64 = 0
    ) {
        self.init(
            packed: [SealedCommands(fake: commands)], rules: rules, timestamp: timestamp,
            hashedIndex: hashedIndex, stateHash: stateHash)
    }
}
