internal import Synchronization

/// Bytes that have come from a peer and are not taken yet: whoever reads more waits, and with it
/// the peer.
final class Inflow: Sendable {
    /// So much may wait, and one message more.
    private static let bound = 32 << 20

    private struct State {
        var bytes = 0
        var isClosed = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Counts a message, and waits while there is more than the bound. Called by one task at a
    /// time.
    func take(_ count: Int) async {
        state.withLock { $0.bytes += count }
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                if state.bytes <= Inflow.bound || state.isClosed { return true }
                state.waiter = continuation
                return false
            }
            if goesOn { continuation.resume() }
        }
    }

    /// A message is taken.
    func giveBack(_ count: Int) {
        let waiter = state.withLock { state in
            state.bytes -= count
            guard state.bytes <= Inflow.bound else {
                return nil as CheckedContinuation<Void, Never>?
            }
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Nobody takes anything any more.
    func close() {
        let waiter = state.withLock { state in
            state.isClosed = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }
}
