internal import Clients
internal import Domain
internal import Foundation
internal import Gateway
internal import HTTP2
internal import Synchronization

/// One caller's ways to the nodes of a gateway, as a bank has them: each call goes to the next
/// node, and to another one when that is gone or can say nothing certain.
///
/// A call may be made again, for everything that the demonstration sends is known by its UETR, its
/// reference or its name. At a gateway of one node nothing is made again.
final class DemoWays: Sendable {
    private struct State {
        var clients: [UInt32: Client] = [:]
        /// Nodes that could not be reached, and until when nobody tries.
        var away: [UInt32: ContinuousClock.Instant] = [:]
        var turn: Int
    }

    /// Where nodes are, in the order of their turns.
    private let addresses: [(node: UInt32, address: GatewayAddress)]
    private let tally: DemoTally
    private let state: Mutex<State>

    /// For how long a call is made again: more than an election and a start take.
    private static let patience = Duration.seconds(20)
    /// Between two attempts, for a cluster without a leader answers at once.
    private static let pause = Duration.milliseconds(20)
    /// For how long a node that was not reached is left out.
    private static let absence = Duration.milliseconds(500)

    /// - Parameter turn: at which node it begins, so that callers begin at different ones.
    init(_ addresses: [(node: UInt32, address: GatewayAddress)], turn: Int, _ tally: DemoTally) {
        self.addresses = addresses
        self.tally = tally
        state = Mutex(State(turn: turn))
    }

    var nodes: [UInt32] { addresses.map(\.node) }

    /// Makes a call at the next node.
    ///
    /// - Throws: what the first node that is certain says against it; the last error when nobody
    ///   was certain in time.
    func call<Value: Sendable>(_ body: (Client) async throws -> Value) async throws -> Value {
        let limit = ContinuousClock.now + DemoWays.patience
        while true {
            let node = takeTurn()
            do {
                return try await call(at: node, body)
            } catch let error as DemoUncertainty {
                guard addresses.count > 1, ContinuousClock.now < limit else { throw error.cause }
                tally.note(error)
                try await Task.sleep(for: DemoWays.pause)
            }
        }
    }

    /// Makes a call at this node and nowhere else.
    ///
    /// - Throws: ``DemoUncertainty`` when it may be made again, there or elsewhere.
    func call<Value: Sendable>(
        at node: UInt32, _ body: (Client) async throws -> Value
    ) async throws -> Value {
        // Callers name nodes of the gateway.
        let address = addresses.first { $0.node == node }!.address
        do {
            let value = try await body(try await client(of: node, address))
            tally.answered(node)
            return value
        } catch {
            if let error = DemoUncertainty(error, from: address) { throw error }
            throw error
        }
    }

    private func takeTurn() -> UInt32 {
        state.withLock { state in
            let now = ContinuousClock.now
            for _ in addresses {
                state.turn = (state.turn + 1) % addresses.count
                let node = addresses[state.turn].node
                if state.away[node].map({ $0 <= now }) ?? true { break }
            }
            return addresses[state.turn].node
        }
    }

    private func client(of node: UInt32, _ address: GatewayAddress) async throws -> Client {
        if let client = state.withLock({ $0.clients[node] }), client.isOpen { return client }
        do {
            let client = try await address.connect()
            let other = state.withLock { state -> Client? in
                state.away[node] = nil
                if let other = state.clients[node], other.isOpen { return other }
                state.clients[node] = client
                return nil
            }
            guard let other else { return client }
            await client.close()
            return other
        } catch {
            state.withLock { $0.away[node] = ContinuousClock.now + DemoWays.absence }
            throw error
        }
    }

    func close() async {
        let clients = state.withLock { Array($0.clients.values) }
        for client in clients { await client.close() }
    }
}

/// A call about which nobody can say whether it was carried out, or which was not for now: it may
/// be made again.
struct DemoUncertainty: Error {
    /// A result code, or `UNREACHABLE`.
    let code: String
    let cause: any Error

    /// - Parameter code: of an answer that is no error of its kind.
    init(_ code: String, _ cause: any Error) {
        self.code = code
        self.cause = cause
    }

    /// Nil for what is certain.
    init?(_ error: any Error, from address: GatewayAddress) {
        if let error = error as? DemoUncertainty {
            self = error
            return
        }
        guard let failure = CallFailure(error, from: address) else { return nil }
        let isCut = ((error as? GRPCStatus)?.transport ?? error as? HTTP2Error) != nil
        guard isCut || DemoUncertainty.isOpen(failure.code) else { return nil }
        self.init(isCut ? "UNREACHABLE" : failure.code, error)
    }

    /// Whether a command with this result may be sent again under the same identifier, and should.
    static func isOpen(_ code: String) -> Bool {
        let open: [ResultCode] = [.unavailable, .outcomeUnknown, .overloaded, .deadlineExceeded]
        return open.contains { $0.name == code }
    }
}

/// Who answered how often, and what was made again, for all callers together.
final class DemoTally: Sendable {
    private let counts = Mutex<(answers: [UInt32: Int], again: [String: Int])>(([:], [:]))

    func answered(_ node: UInt32) { counts.withLock { $0.answers[node, default: 0] += 1 } }

    func note(_ uncertainty: DemoUncertainty) {
        counts.withLock { $0.again[uncertainty.code, default: 0] += 1 }
    }

    /// Calls that each node has answered.
    var answers: [UInt32: Int] { counts.withLock(\.answers) }
    /// Calls that were made again, by what was known of them.
    var again: [String: Int] { counts.withLock(\.again) }
}
