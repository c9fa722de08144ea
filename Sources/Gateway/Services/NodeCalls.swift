internal import Domain
internal import Logging

// The gateway's own nodes. What is asked here is answered by the node that is asked.
extension Services {
    func getNode(_ request: ProtoGetNodeRequest, _ caller: Caller) async throws -> ProtoNode {
        guard let standing = node.standing else { throw GatewayError(.unavailable) }
        return ProtoNode(standing)
    }

    func transferLeadership(
        _ request: ProtoTransferLeadershipRequest, _ caller: Caller
    ) async throws -> ProtoTransferLeadershipResponse {
        guard NodeName.numbers.contains(UInt64(request.to)) else {
            throw Field.malformed("to", "must be the number of a node, 1 to 255", "\(request.to)")
        }
        logger.notice(
            "leadership is to be handed over",
            metadata: ["to": "\(request.to)", "asked": "\(caller.name)"])
        switch await node.transferLeadership(to: UInt64(request.to)) {
        case .leads(let term):
            var response = ProtoTransferLeadershipResponse()
            response.leader = request.to
            response.term = term
            return response
        case .unknownNode: throw GatewayError(.notFound, "node \(request.to)")
        case .failed(let reason): throw GatewayError(.unavailable, reason)
        case .unsupported: throw GatewayError(.notFound, "this gateway runs as one node")
        }
    }
}
