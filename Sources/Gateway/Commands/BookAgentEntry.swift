internal import Domain

extension BookAgentEntry: OperatorCommand {
    typealias Request = ProtoBookAgentEntryRequest

    static let verb = "PUT"
    static let template = "/v1/agentEntries/{reference}"
}
