internal import NIOCore

/// What handlers ask of their streams.
extension Connection {
    /// Queues body bytes of an open stream; those of a closed one are dropped (an expected race).
    func queue(_ id: Int32, _ bytes: ByteBuffer) {
        guard let stream = streams[id], !stream.isEndQueued, !stream.isHead else {
            port.released(id, bytes.readableBytes)
            return
        }
        stream.enqueue(bytes, now: now)
        resume(stream)
    }

    func queueEnd(_ id: Int32, _ trailers: Headers?) {
        guard let stream = streams[id], !stream.isEndQueued else { return }
        stream.enqueueEnd(trailers)
        resume(stream)
    }

    func credit(_ id: Int32, _ count: Int) {
        guard let stream = streams[id], isUsable else { return }
        stream.creditedBytes += count
        stream.lastInput = now
        session.consume(id, count)
    }

    func widen(_ id: Int32) {
        guard let stream = streams[id], !stream.hasRemoteEnded, isUsable else { return }
        // No stream may keep the others from being read.
        session.setWindow(id, max(limits.streamWindow, limits.connectionWindow / 2))
    }

    func reset(_ id: Int32, _ code: ErrorCode) {
        guard streams[id] != nil, isUsable else { return }
        session.reset(id, code)
    }

    func setTimer(_ id: Int32, _ delay: TimeAmount, _ action: @escaping @Sendable () -> Void) {
        guard let stream = streams[id] else { return }
        stream.timer?.cancel()
        stream.timer = port.loop.scheduleTask(in: delay, action)
    }

    private func resume(_ stream: Stream) {
        guard stream.isDeferred else { return }
        stream.isDeferred = false
        session.resume(stream.id)
    }
}
