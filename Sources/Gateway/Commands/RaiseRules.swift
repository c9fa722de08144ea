internal import Domain

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

    func words(refusedWith code: ResultCode, _ directory: Directory) -> String {
        "version \(version): the ledger is at \(directory.rules), "
            + "the newest is \(RuleVersion.current)"
    }
}
