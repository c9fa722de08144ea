internal import Synchronization

/// Counters shared by every connection of one server or client.
package final class Metrics: Sendable {
    let connectionsAccepted = Atomic<Int>(0)
    let connectionsOpen = Atomic<Int>(0)
    let connectionsRefusedFull = Atomic<Int>(0)
    let connectionsDroppedHandshaking = Atomic<Int>(0)
    let connectionsDroppedAnonymous = Atomic<Int>(0)
    let connectionsRefusedShare = Atomic<Int>(0)
    let connectionsDisplaced = Atomic<Int>(0)
    let handshakesFailed = Atomic<Int>(0)
    let certificatesEnded = Atomic<Int>(0)
    fileprivate let onHandshakeFailure = Mutex<(@Sendable (String) -> Void)?>(nil)
    let requestsStarted = Atomic<Int>(0)
    let requestsFinished = Atomic<Int>(0)
    let streamsReset = Atomic<Int>(0)
    let protocolErrors = Atomic<Int>(0)
    let timeouts = Atomic<Int>(0)
    let bytesReceived = Atomic<Int>(0)
    let bytesSent = Atomic<Int>(0)

    package var counters: Counters {
        var result = Counters()
        result.connectionsAccepted = connectionsAccepted.load(ordering: .relaxed)
        result.connectionsOpen = connectionsOpen.load(ordering: .relaxed)
        result.connectionsRefusedFull = connectionsRefusedFull.load(ordering: .relaxed)
        result.connectionsDroppedHandshaking = connectionsDroppedHandshaking.load(
            ordering: .relaxed)
        result.connectionsDroppedAnonymous = connectionsDroppedAnonymous.load(ordering: .relaxed)
        result.connectionsRefusedShare = connectionsRefusedShare.load(ordering: .relaxed)
        result.connectionsDisplaced = connectionsDisplaced.load(ordering: .relaxed)
        result.connectionsRefused =
            result.connectionsRefusedFull + result.connectionsDroppedHandshaking
            + result.connectionsDroppedAnonymous + result.connectionsRefusedShare
            + result.connectionsDisplaced
        result.handshakesFailed = handshakesFailed.load(ordering: .relaxed)
        result.certificatesEnded = certificatesEnded.load(ordering: .relaxed)
        result.requestsStarted = requestsStarted.load(ordering: .relaxed)
        result.requestsFinished = requestsFinished.load(ordering: .relaxed)
        result.streamsReset = streamsReset.load(ordering: .relaxed)
        result.protocolErrors = protocolErrors.load(ordering: .relaxed)
        result.timeouts = timeouts.load(ordering: .relaxed)
        result.bytesReceived = bytesReceived.load(ordering: .relaxed)
        result.bytesSent = bytesSent.load(ordering: .relaxed)
        return result
    }
}

extension Metrics {
    /// Sets who is told why a handshake failed.
    func setOnHandshakeFailure(_ report: (@Sendable (String) -> Void)?) {
        onHandshakeFailure.withLock { $0 = report }
    }

    func handshakeFailed(because reason: String) {
        handshakesFailed.increment()
        onHandshakeFailure.withLock { $0 }?(reason)
    }

    func countRefused(_ reason: ConnectionPlaces.Reason) {
        switch reason {
        case .full: connectionsRefusedFull.increment()
        case .handshaking: connectionsDroppedHandshaking.increment()
        case .anonymous: connectionsDroppedAnonymous.increment()
        case .share: connectionsRefusedShare.increment()
        case .displaced: connectionsDisplaced.increment()
        }
    }
}

extension Atomic where Value == Int {
    borrowing func increment(by count: Int = 1) {
        add(count, ordering: .relaxed)
    }

    borrowing func decrement() {
        subtract(1, ordering: .relaxed)
    }
}
