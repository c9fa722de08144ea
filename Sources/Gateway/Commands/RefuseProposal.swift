internal import Domain

extension RefuseProposal: OperatorCommand {
    typealias Request = ProtoRefuseProposalRequest

    static let verb = "POST"
    static let template = "/v1/proposals/{number}:refuse"
    /// The most characters of a reason.
    private static var longestReason: Int { 140 }

    static func completed(
        _ request: ProtoRefuseProposalRequest, _ services: Services
    ) async throws -> ProtoRefuseProposalRequest {
        guard (1...longestReason).contains(request.note.unicodeScalars.count) else {
            throw Field.malformed(
                "note", "must say why, in 1 to \(longestReason) characters", request.note)
        }
        return request
    }

    func explained(
        _ outcome: Outcome, _ services: Services, _ caller: Caller
    ) async throws -> (outcome: Outcome, words: String) {
        let decided =
            outcome.code == .proposalDecided ? try await services.decision(of: number) : nil
        return (outcome, decided?.words ?? "proposal \(number)")
    }
}
