internal import Consensus
internal import Domain
internal import Foundation
internal import HTTP2
internal import NIOCore
internal import Node

/// Serves the streams that peers open.
struct PeerHandler: RequestHandler {
    let network: PeerNetwork

    func handle(_ request: Request, _ response: Response) async {
        do throws(PeerRefusal) {
            let (node, receiver) = try admit(request)
            request.allowIdleBody()
            request.widenBody()
            var frames = PeerFrames(request.body)
            try await greet(&frames, node, receiver.receiver)
            let inflow = Inflow()
            let entered = network.entered(node, for: receiver) {
                inflow.close()
                response.reset(.cancel)
            }
            guard let number = entered else { throw PeerRefusal.starting }
            response.start(status: 200)
            await serve(node, receiver.receiver, inflow, &frames, response)
            inflow.close()
            network.left(node, number)
        } catch {
            if error.isNews { network.tell(.refused(error.sentence)) }
            await response.send(
                status: error.status, headers: ["content-type": "text/plain; charset=utf-8"],
                body: ByteBuffer(string: error.sentence))
        }
    }

    /// Who may open a stream.
    private func admit(_ request: Request) throws(PeerRefusal) -> (NodeID, AttachedReceiver) {
        guard request.head.method == "POST", request.head.path == PeerNetwork.path else {
            throw PeerRefusal(404, "nodes speak on \(PeerNetwork.path)")
        }
        guard let peer = request.peer else {
            throw PeerRefusal(401, "a node shows a certificate")
        }
        guard let node = network.nodeNamed(by: peer) else {
            let names = peer.subjectAlternativeURIs.joined(separator: ", ")
            throw PeerRefusal(
                403,
                peer.refusal
                    ?? "the certificate names \(names.isEmpty ? "nobody" : names), which is none "
                    + "of the others that \(network.who.name) knows")
        }
        guard let receiver = network.attached else {
            throw PeerRefusal.starting
        }
        return (node, receiver)
    }

    /// What a peer says of itself fits.
    private func greet(
        _ frames: inout PeerFrames, _ node: NodeID, _ receiver: PeerReceiver
    ) async throws(PeerRefusal) {
        let hello: PeerFrame?
        do {
            hello = try await frames.next()
        } catch {
            throw PeerRefusal(400, "\(error)")
        }
        guard case .hello(let who, let theirRules)? = hello else {
            throw PeerRefusal(400, "a stream begins with who speaks")
        }
        let cluster = network.who.name.cluster
        guard who.name == NodeName(cluster: cluster, number: node) else {
            throw PeerRefusal(
                403, "\(who.name) speaks under the certificate of node \(node) of \(cluster)")
        }
        let ours = receiver.rules()
        guard ours == 0 || who.rules.contains(ours) else {
            throw PeerRefusal(
                409,
                "the ledger is at rules of version \(ours), and node \(node) knows versions "
                    + "\(who.rules.lowerBound) to \(who.rules.upperBound)")
        }
        guard theirRules == 0 || network.who.rules.contains(theirRules) else {
            throw PeerRefusal(
                409,
                "the ledger of node \(node) is at rules of version \(theirRules), and this node "
                    + "knows versions \(network.who.rules.lowerBound) to "
                    + "\(network.who.rules.upperBound)")
        }
    }

    private func serve(
        _ node: NodeID, _ receiver: PeerReceiver, _ inflow: Inflow, _ frames: inout PeerFrames,
        _ response: Response
    ) async {
        do {
            try await answer(.welcome, response)
            while let bytes = try await frames.nextBytes() {
                switch try PeerFrame(bytes) {
                case .message(let message):
                    if case .consensus(let message) = message, !isOf(node, message) {
                        throw PeerFrameError(description: "a message in another node's name")
                    }
                    let size = bytes.readableBytes
                    receiver.message(node, message) { inflow.giveBack(size) }
                    await inflow.take(size)
                case .ping(let time):
                    let hasRoom = receiver.hasRoom()
                    try await answer(
                        .pong(time, wall: Clocks.wall, hasRoom: hasRoom), response)
                case .hello, .welcome, .pong: throw PeerFrameError.malformed
                }
            }
            response.finish()
        } catch let error as PeerFrameError {
            network.tell(.refused("node \(node): \(error)"))
            response.reset(.protocolError)
        } catch {
            response.reset(.cancel)
        }
    }

    /// Requests that are sent on keep the name of whoever began them; nothing else may.
    private func isOf(_ node: NodeID, _ message: Message) -> Bool {
        guard message.to == network.who.name.number else { return false }
        switch message.kind {
        case .readIndex, .transferLeader: return true
        default: return message.from == node
        }
    }

    private func answer(_ frame: PeerFrame, _ response: Response) async throws {
        var buffer = ByteBuffer()
        frame.write(into: &buffer)
        try await response.write(buffer)
    }
}

/// Why a peer may not speak.
private struct PeerRefusal: Error {
    let status: Int
    let sentence: String
    /// Whether an operator should see it.
    let isNews: Bool

    init(_ status: Int, _ sentence: String, isNews: Bool = true) {
        self.status = status
        self.sentence = sentence
        self.isNews = isNews
    }

    static let starting = PeerRefusal(503, "the node is starting or stopping", isNews: false)
}
