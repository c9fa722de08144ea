internal import Domain
internal import Store

extension ApproveProposal: OperatorCommand {
    typealias Request = ProtoApproveProposalRequest

    static let verb = "POST"
    static let template = "/v1/proposals/{number}:approve"

    /// With what came with the proposed command: its rule looks for it in the batch that carries it
    /// out, and the engine compares it with what it keeps.
    static func completed(
        _ request: ProtoApproveProposalRequest, _ services: Services
    ) async throws -> ProtoApproveProposalRequest {
        let number = request.number
        let found = try await services.read(.lookup) { try $0.proposal(number) }
        var completed = request
        completed.attached = found?.row.state == .open ? found?.details ?? "" : ""
        return completed
    }

    static func beside(
        _ request: ProtoApproveProposalRequest, by name: String
    ) throws(GatewayError) -> [UInt8] {
        guard request.attached.utf8.count <= Domain.Limits.bytesPerProposal else {
            throw Field.malformed("attached", "is too long")
        }
        return Array(request.attached.utf8)
    }

    static func say(_ attachment: ArraySlice<UInt8>, in request: inout MessageWriter) {
        request.say(String(decoding: attachment, as: UTF8.self), "attached")
    }

    /// R17.9 Who approved the proposal hears what that led to, however often he approves it.
    func explained(
        _ outcome: Outcome, _ services: Services, _ caller: Caller
    ) async throws -> (outcome: Outcome, words: String) {
        guard outcome.code == .proposalDecided,
            let decided = try await services.decision(of: number)
        else { return (outcome, "proposal \(number)") }
        let isOwn = decided.state == .approved && decided.by == caller.name
        guard isOwn, decided.contentHash == proposalHash else { return (outcome, decided.words) }
        var own = outcome
        own.code = decided.code
        own.isRepetition = true
        return (own, "proposal \(number)")
    }
}
