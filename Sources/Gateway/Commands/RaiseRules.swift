internal import Domain
internal import Store

extension RaiseRules: OperatorCommand {
    typealias Request = ProtoRaiseRulesRequest

    static let verb = "PUT"
    static let template = "/v1/rules"

    /// The operators whose commands the log has are taken on record before the ledger is raised to
    /// rules that ask for operators, with all roles.
    func preparation(_ services: Services, _ caller: Caller) async throws -> EncodedCommands {
        var commands = EncodedCommands()
        guard services.directory.rules < .v3, version >= RuleVersion.v3.rawValue else {
            return commands
        }
        let known = try await services.read(.list) { reader in
            try reader.operatorRecords(limit: Self.mostRecords)
                .compactMap { OperatorRecord(json: String(decoding: $0, as: UTF8.self)) }
                .compactMap { OperatorName($0.operator) }
        }
        // The caller first: whatever happens, he can go on.
        var names: [OperatorName] = [try caller.operatorName]
        for name in known.sorted(by: { $0.description < $1.description })
        where !names.contains(name) {
            names.append(name)
        }
        for name in names.prefix(Domain.Limits.operators) {
            commands.append(.declared(SetOperator(name: name, roles: .all)))
        }
        return commands
    }

    /// Texts beside operators' commands that are looked at: each note makes one.
    private static let mostRecords = 1 << 20

    func words(refusedWith code: ResultCode, _ directory: Directory) -> String {
        "version \(version): the ledger is at \(directory.rules), "
            + "the newest is \(RuleVersion.current)"
    }
}
