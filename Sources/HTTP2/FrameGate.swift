/// Decides how much of what a client sends the library may see: up to its first violation, and only
/// while it has frames to spend. A value; time is passed in.
struct FrameGate {
    private var watch: FrameWatch
    private var budget: EventRate

    /// - Parameter now: nanoseconds of a monotonic clock.
    init(_ limits: Limits, now: Int64) {
        watch = FrameWatch(prefaceBytes: Session.clientMagicBytes)
        budget = EventRate(
            burst: limits.cheapFrameBurst, perSecond: limits.cheapFramesPerSecond, now: now)
    }

    /// Judges the next bytes.
    /// - Returns: how many of them are for the library, and the error to end with after them.
    mutating func read(_ bytes: UnsafeRawBufferPointer, now: Int64) -> (Int, ErrorCode?) {
        let reading = watch.read(bytes)
        if budget.event(count: reading.cheapFrames, now: now) == .exceeded {
            return (0, .enhanceYourCalm)
        }
        guard let violation = reading.violation else { return (bytes.count, nil) }
        return (violation.offset, violation.code)
    }

    mutating func answered(_ stream: Int32) {
        watch.answered(UInt32(stream))
    }

    mutating func closed(_ stream: Int32) {
        watch.closed(UInt32(stream))
    }

    mutating func requestStarted() {
        budget.earn(Self.framesPerRequest)
    }

    /// - Parameter bytes: of a DATA frame that goes out.
    mutating func dataSent(_ bytes: Int) {
        budget.earn(Self.framesPerData + bytes / Self.bytesPerFrame)
    }

    /// What an honest client may send around a request, its head included.
    private static let framesPerRequest = 8
    /// For a DATA frame of ours, and one more for so many bytes: windows are opened for the stream
    /// and the connection, by some clients in small steps.
    private static let framesPerData = 4
    private static let bytesPerFrame = 512
}
