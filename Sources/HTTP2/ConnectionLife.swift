internal import NIOCore

/// How a connection ends before its peer wants it to.
extension Connection {
    /// How long calls under way have when a connection's time is over.
    static let parting = TimeAmount.seconds(1)

    /// Ends the connection in good order at `time`: no new streams from then on, and a second later
    /// none at all.
    ///
    /// A later call replaces an earlier one, so pass the earliest of all ends.
    func end(at time: NIODeadline) {
        lifeEnd?.cancel()
        let bound = NIOLoopBound(self, eventLoop: port.loop)
        // A timer that outlives its connection would keep it: `lifeEnd` is cancelled at its end.
        lifeEnd = port.loop.scheduleTask(deadline: time) { bound.value.partInOrder() }
    }

    /// Announces the end now and closes when the streams have ended, at the latest in a second.
    func partInOrder() {
        lifeEnd?.cancel()
        beginDrain()
        flush()
        let bound = NIOLoopBound(self, eventLoop: port.loop)
        lifeEnd = port.loop.scheduleTask(in: Connection.parting) {
            bound.value.evict(.noError)
        }
    }

    /// Says why, as far as the peer's socket takes it, and ends at once.
    func evict(_ code: ErrorCode) {
        if isUsable {
            session.terminate(code)
            flush()
        }
        abort()
    }
}

extension ConnectionPort {
    /// Ends the connection at once; a peer that reads sees a GOAWAY with this code.
    func evict(_ code: ErrorCode) {
        loop.execute { [connection] in connection.value?.evict(code) }
    }
}
