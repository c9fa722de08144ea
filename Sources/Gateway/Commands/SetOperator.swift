internal import Domain

extension SetOperator: OperatorCommand {
    static let verb = "PUT"
    static let template = "/v1/operators/{name}"

    static func bind(_ request: inout ProtoSetOperatorRequest, _ source: BindingSource) {
        request.name = source["name"]
    }

    static func request(in line: ProtoReplayCommand.OneOf_Command) -> ProtoSetOperatorRequest? {
        if case .setOperator(let request) = line { request } else { nil }
    }

    static func line(_ request: ProtoSetOperatorRequest) -> ProtoReplayCommand.OneOf_Command {
        .setOperator(request)
    }

    init(_ request: ProtoSetOperatorRequest) throws(GatewayError) {
        try OperatorMapping.checkFullName(request.fullName)
        self.init(
            name: try OperatorMapping.name(request.name),
            roles: try OperatorMapping.roles(request.roles),
            state: try OperatorMapping.state(request.state))
    }

    func request(_ record: OperatorRecord?) -> ProtoSetOperatorRequest {
        var request = ProtoSetOperatorRequest()
        request.name = name.description
        request.roles = OperatorMapping.roles(roles)
        request.state = state == .active ? .active : .suspended
        request.fullName = record?.name ?? ""
        return request
    }

    /// Nothing without a full name: what is on record stays then.
    static func record(_ request: ProtoSetOperatorRequest, by name: String) -> OperatorRecord? {
        request.fullName.isEmpty ? nil : OperatorRecord(operator: name, name: request.fullName)
    }
}
