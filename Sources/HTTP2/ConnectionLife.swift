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

    /// Takes no more streams and closes when those under way have ended, at the latest in a second.
    func partInOrder() {
        lifeEnd?.cancel()
        beginRefusal()
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

// MARK: - Certificates

extension Connection {
    /// How often a certificate is judged again at the latest: clocks are set, too.
    private static let judgedEvery = TimeAmount.minutes(10)

    /// Keeps the connection for as long as its certificate is believed.
    func watchValidity() {
        guard case .trusted(let time)? = credentials?.verdict else { return }
        validityCheck?.cancel()
        let bound = NIOLoopBound(self, eventLoop: port.loop)
        validityCheck = port.loop.scheduleTask(in: min(time, Connection.judgedEvery)) {
            bound.value.reconsider(asking: .all)
        }
    }

    /// Judges the client's certificate again and parts when it is not believed any more.
    func reconsider(asking judges: JudgesAsked) {
        guard isUsable, let credentials else { return }
        let wasTrusted = credentials.verdict != nil && credentials.refusal == nil
        credentials.reconsider(asking: judges)
        if credentials.refusal == nil { return watchValidity() }
        // Who was refused before is told so with each call, and does not last anyway.
        guard wasTrusted else { return }
        // A drain may last longer than this certificate may speak.
        metrics.certificatesEnded.increment()
        partInOrder()
    }

    func handshakeFailed(_ error: any Error) {
        var reason = "\(error)"
        if case .untrusted(let why)? = credentials?.verdict { reason = why }
        handshakeFailed(because: reason)
    }

    func handshakeFailed(because reason: String) {
        metrics.handshakeFailed(because: reason)
    }
}

extension ConnectionPort {
    /// Judges the client's certificate again.
    func reconsider(asking judges: JudgesAsked) {
        loop.execute { [connection] in connection.value?.reconsider(asking: judges) }
    }

    /// Ends the connection at once; a peer that reads sees a GOAWAY with this code.
    func evict(_ code: ErrorCode) {
        loop.execute { [connection] in connection.value?.evict(code) }
    }
}
