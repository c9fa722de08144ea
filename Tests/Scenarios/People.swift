package import Domain

/// The operators of the tests.
package enum People {
    package static let wang = name("WANG.LEI")
    package static let li = name("LI.MEI")
    /// On record only where somebody put him there.
    package static let zhao = name("ZHAO.QIANG@RECONCILIATION.BANK-34")

    package static let all = [wang, li, zhao]

    package static func name(_ text: String) -> OperatorName {
        guard let name = OperatorName(text) else { fatalError("no name: \(text)") }
        return name
    }
}

extension Command {
    /// An operator's command as Wang gives it: the same one again is a repetition.
    package static func given(_ command: any DeclaredCommand) -> Command {
        let command = Command.declared(command)
        return command.given(by: People.wang, as: command.contentHash)
    }

    /// The command with its actor and a hash over its content, as a gateway would form it.
    package func given(by name: OperatorName, as commandID: UInt128) -> Command {
        guard case .declared(let command, by: _) = self, type(of: command).isOperators else {
            return self
        }
        return .declared(
            command,
            by: CommandActor(name: name, commandID: commandID, contentHash: contentHash))
    }

    /// Who gave it.
    package var actor: CommandActor? {
        guard case .declared(_, by: let actor) = self, actor != .none else { return nil }
        return actor
    }

    /// The form that it has under these rules.
    package func under(_ rules: RuleVersion) -> Command {
        guard rules < .v3, case .declared(let command, by: _) = self else { return self }
        return .declared(command)
    }

    private var contentHash: UInt128 {
        guard case .declared(let command, by: _) = self else { return 0 }
        var hash: UInt128 = 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D
        for byte in EncodedCommand(.declared(command)).bytes {
            hash = (hash ^ UInt128(byte)) &* 0x0000_0000_0100_0000_0000_0000_0000_013B
        }
        return hash
    }
}
