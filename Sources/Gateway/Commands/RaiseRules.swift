internal import Domain
internal import Store

extension RaiseRules: OperatorCommand {
    static let verb = "PUT"
    static let template = "/v1/rules"

    static func bind(_ request: inout ProtoRaiseRulesRequest, _ source: BindingSource) {}

    static func request(in line: ProtoReplayCommand.OneOf_Command) -> ProtoRaiseRulesRequest? {
        if case .raiseRules(let request) = line { request } else { nil }
    }

    static func line(_ request: ProtoRaiseRulesRequest) -> ProtoReplayCommand.OneOf_Command {
        .raiseRules(request)
    }

    init(_ request: ProtoRaiseRulesRequest) throws(GatewayError) {
        guard let version = UInt16(exactly: request.version) else {
            throw Field.malformed("version", "must be a rule version", "\(request.version)")
        }
        self.init(version: version)
    }

    func request(_ record: OperatorRecord?) -> ProtoRaiseRulesRequest {
        var request = ProtoRaiseRulesRequest()
        request.version = UInt32(version)
        return request
    }

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
