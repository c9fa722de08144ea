package import NIOCore

/// What has arrived of one message body and who waits for it. A value; it does no I/O.
///
/// It is bounded by the stream's flow-control window, because a byte is credited back to the peer
/// only once it was taken from here.
package struct InboundMachine: Equatable {
    package enum Delivery: Equatable {
        case bytes(ByteBuffer)
        case end
        case failed(HTTP2Error)
    }

    package enum Action: Equatable {
        case none
        /// Hand this to the one reader that waits.
        case wake(Delivery)
    }

    package enum Event {
        case received(UnsafeRawBufferPointer)
        case ended
        case failed(HTTP2Error)
        /// The waiting reader gave up.
        case readerLeft
    }

    private var pending = ByteBuffer()
    private(set) var isEnded = false
    private(set) var failure: HTTP2Error?
    private(set) var isAwaited = false
    var trailers = Headers()

    package init() {}

    package var bufferedBytes: Int { pending.readableBytes }

    package mutating func event(_ event: Event) -> Action {
        switch event {
        case .received(let bytes):
            // The HTTP/2 library refuses DATA after END_STREAM, so this would be our bug.
            precondition(!isEnded, "body bytes after the end")
            pending.writeBytes(bytes)
        case .ended:
            isEnded = true
        case .failed(let error):
            // The first outcome stays: a reset after the end changes nothing for the reader.
            if !isEnded && failure == nil { failure = error }
        case .readerLeft:
            isAwaited = false
            return .none
        }
        guard isAwaited, let delivery = takeNow() else { return .none }
        isAwaited = false
        return .wake(delivery)
    }

    /// What a reader gets now, or nil when it must wait (it is then recorded as waiting).
    package mutating func take() -> Delivery? {
        if let delivery = takeIfReady() { return delivery }
        isAwaited = true
        return nil
    }

    /// What a reader gets now, or nil; nobody is recorded as waiting.
    mutating func takeIfReady() -> Delivery? {
        precondition(!isAwaited, "a body has one reader at a time")
        return takeNow()
    }

    private mutating func takeNow() -> Delivery? {
        // A failure overtakes buffered bytes: half a body must not look like progress.
        if let failure { return .failed(failure) }
        if pending.readableBytes > 0 {
            let bytes = pending
            pending = ByteBuffer()
            return .bytes(bytes)
        }
        return isEnded ? .end : nil
    }
}
