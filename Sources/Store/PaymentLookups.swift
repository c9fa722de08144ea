package import Domain
package import Shares
internal import Synchronization

/// Looks up single payments in the tables for async callers.
///
/// Each call waits for its turn among the reads of the pool. The one whose turn comes takes along
/// others that wait, and one statement reads them all: so under load a look-up costs a fraction of
/// a statement, and alone it waits for nobody. Of another owner few are taken along, so that who
/// asks for much is not served in others' turns.
package final class PaymentLookups: Sendable {
    private let pool: ReaderPool
    /// Those whose turn has not come, the first that came first. The pool bounds how many.
    private let waiting = Mutex<[Ticket]>([])

    package init(_ pool: ReaderPool) { self.pool = pool }

    /// The payments with this UETR.
    ///
    /// - Throws: as ``ReaderPool/read(_:for:_:)``.
    package func payments(_ uetr: UETR, for owner: Owner) async throws -> LookedUpPayments {
        while true {
            let ticket = Ticket(uetr, owner)
            waiting.withLock { $0.append(ticket) }
            let own: LookedUpPayments?
            do {
                own = try await pool.read(.lookup, for: owner, endsWithCaller: false) { [self] in
                    try serve(ticket, $0)
                }
            } catch {
                waiting.withLock { $0.removeAll { $0 === ticket } }
                throw error
            }
            if let own { return own }
            // Somebody has taken it along; should he fail, it is asked for anew.
            if let answer = await ticket.answer() { return answer }
            try Task.checkCancellation()
        }
    }

    /// Reads for the ticket and for others that wait; nil when somebody else sees to it.
    private func serve(_ ticket: Ticket, _ reader: LedgerReader) throws -> LookedUpPayments? {
        let others: [Ticket]? = waiting.withLock { waiting in
            guard let place = waiting.firstIndex(where: { $0 === ticket }) else { return nil }
            waiting.remove(at: place)
            return PaymentLookups.takeAlong(from: &waiting, with: ticket.owner)
        }
        guard let others else { return nil }
        do {
            let found = try reader.lookUp([ticket.uetr] + others.map(\.uetr))
            for other in others { other.settle(found[other.uetr] ?? LookedUpPayments()) }
            return found[ticket.uetr] ?? LookedUpPayments()
        } catch {
            for other in others { other.settle(nil) }
            // The pool may try once more, on a new connection.
            waiting.withLock { $0.insert(ticket, at: 0) }
            throw error
        }
    }

    /// Tickets of another owner that are served in somebody's turn, at most.
    private static let foreignTickets = 4

    /// Takes out those that are read in the turn of an owner.
    private static func takeAlong(from waiting: inout [Ticket], with owner: Owner) -> [Ticket] {
        var taken: [Ticket] = []
        var foreign: [Owner: Int] = [:]
        waiting.removeAll { ticket in
            guard taken.count < LedgerReader.lookedUpTogether - 1 else { return false }
            if ticket.owner != owner {
                guard foreign[ticket.owner, default: 0] < foreignTickets else { return false }
                foreign[ticket.owner, default: 0] += 1
            }
            taken.append(ticket)
            return true
        }
        return taken
    }
}

/// One call that waits.
private final class Ticket: Sendable {
    private enum State {
        case open
        case awaited(CheckedContinuation<LookedUpPayments?, Never>)
        case settled(LookedUpPayments?)
    }

    let uetr: UETR
    let owner: Owner
    private let state = Mutex(State.open)

    init(_ uetr: UETR, _ owner: Owner) {
        self.uetr = uetr
        self.owner = owner
    }

    /// The first word counts.
    func settle(_ answer: LookedUpPayments?) {
        let awaiting: CheckedContinuation<LookedUpPayments?, Never>? = state.withLock { state in
            switch state {
            case .settled: return nil
            case .open:
                state = .settled(answer)
                return nil
            case .awaited(let continuation):
                state = .settled(answer)
                return continuation
            }
        }
        awaiting?.resume(returning: answer)
    }

    /// What was found; nil when whoever took the ticket along failed, or the task is cancelled.
    func answer() async -> LookedUpPayments? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let known: LookedUpPayments?? = state.withLock { state in
                    if case .settled(let answer) = state { return .some(answer) }
                    state = .awaited(continuation)
                    return nil
                }
                if let known { continuation.resume(returning: known) }
            }
        } onCancel: {
            settle(nil)
        }
    }
}
