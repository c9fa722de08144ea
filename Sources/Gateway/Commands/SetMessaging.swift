internal import Domain

extension SetMessaging: OperatorCommand {
    static let verb = "PUT"
    static let template = "/v1/participants/{participant}/messaging"

    static func bind(_ request: inout ProtoSetMessagingRequest, _ source: BindingSource) {
        request.participant = source["participant"]
    }

    static func request(in line: ProtoReplayCommand.OneOf_Command) -> ProtoSetMessagingRequest? {
        if case .setMessaging(let request) = line { request } else { nil }
    }

    static func line(_ request: ProtoSetMessagingRequest) -> ProtoReplayCommand.OneOf_Command {
        .setMessaging(request)
    }

    init(_ request: ProtoSetMessagingRequest) throws(GatewayError) {
        guard let interval = UInt16(exactly: request.reportInterval) else {
            throw Field.malformed(
                "report_interval", "must be at most \(Limits.longestReportInterval) minutes",
                "\(request.reportInterval)")
        }
        self.init(
            participant: try Field.bic(request.participant, "participant"),
            wishes: try MessagingMapping.wishes(request.wishes), reportInterval: interval,
            versions: try MessagingMapping.versions(request.versions),
            usageRules: try MessagingMapping.usageRules(request.usageRules))
    }

    func request(_ record: OperatorRecord?) -> ProtoSetMessagingRequest {
        var request = ProtoSetMessagingRequest()
        request.participant = participant.description
        request.wishes = MessagingMapping.wishes(wishes)
        request.reportInterval = UInt32(reportInterval)
        if versions != .usual { request.versions = ProtoMessageVersions(versions) }
        if usageRules != .none { request.usageRules = ProtoUsageRules(usageRules) }
        return request
    }

    func words(refusedWith code: ResultCode, _ directory: Directory) -> String {
        code == .participantUnknown ? "participant \(participant) is not registered" : ""
    }
}
