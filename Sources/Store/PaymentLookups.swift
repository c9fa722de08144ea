package import Domain
package import Shares
internal import Synchronization

/// Looks up single payments in the tables for async callers.
///
/// Each call waits for its turn among the reads of the pool. The one whose turn comes takes along
/// others that wait, and one statement reads them all: so under load a look-up costs a fraction of
/// a statement, and alone it waits for nobody.
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
            let ticket = Ticket(uetr)
            waiting.withLock { $0.append(ticket) }
            let own: LookedUpPayments?
            do {
                own = try await pool.read(.lookup, for: owner) { [self] in
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
            let others = Array(waiting.prefix(LedgerReader.lookedUpTogether - 1))
            waiting.removeFirst(others.count)
            return others
        }
        guard let others else { return nil }
        do {
            let found = try reader.lookUp([ticket.uetr] + others.map(\.uetr))
            for other in others { other.settle(found[other.uetr] ?? LookedUpPayments()) }
            return found[ticket.uetr] ?? LookedUpPayments()
        } catch {
            for other in others { other.settle(nil) }
            throw error
        }
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
    private let state = Mutex(State.open)

    init(_ uetr: UETR) { self.uetr = uetr }

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
