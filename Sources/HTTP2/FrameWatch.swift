/// Follows what a client sends by the heads of its frames, before the library reads them. A value;
/// it does no I/O.
///
/// The library ignores, for fear of frames that crossed a reset of ours, most frames on streams
/// that
/// are over. What the client itself has ended can be told apart without doubt, in the order of its
/// own frames: after its END_STREAM or RST_STREAM nothing of it may follow. Frames on a stream that
/// only this side has ended are tolerated, at a price.
///
/// Three kinds of input: what RFC 9113 names an error is a violation; what costs the sender next to
/// nothing, or changes nothing, is cheap and to be paid from a budget; the rest is the library's,
/// including every error that it finds itself.
///
/// O(1) a frame; memory is bounded by the open streams and the constants below.
package struct FrameWatch: Equatable {
    /// What the bytes of one read held.
    package struct Reading: Equatable {
        /// Frames to be paid for.
        package var cheapFrames = 0
        /// The first violation, if any: the library must not see the bytes from `offset` on.
        package var violation: Violation?
    }

    package struct Violation: Equatable {
        package var code: ErrorCode
        /// Where in the bytes of this read the frame begins.
        package var offset: Int
    }

    private enum Verdict {
        case fine
        case cheap
        case violation(ErrorCode)
    }

    /// The types of RFC 9113 §6; anything else is an extension and ignored.
    private enum Kind: UInt8 {
        case data
        case headers
        case priority
        case reset
        case settings
        case pushPromise
        case ping
        case goAway
        case windowUpdate
        case continuation
    }

    private struct Frame {
        var length: Int
        var kind: Kind?
        var flags: UInt8
        var stream: UInt32

        var endsStream: Bool { flags & 0x1 != 0 }
        var endsHeaders: Bool { flags & 0x4 != 0 }
        var isPadded: Bool { flags & 0x8 != 0 }
        /// Only a client's streams are judged here.
        var isOfClient: Bool { stream & 1 == 1 }
    }

    private enum Standing: Equatable {
        /// The client may send more.
        case open
        /// The same, but this side has said all that it has to say.
        case answered
        /// This side ended the stream; the client may not know.
        case abandoned
    }

    private static let headBytes = 9
    /// DATA of fewer bytes costs its sender next to nothing where nobody reads it.
    static let fewBytes = 512
    /// Streams that this side ended first and that are remembered.
    static let maxAbandoned = 1_024
    /// Stretches of stream numbers left out that are remembered.
    static let maxGaps = 64

    private var skip: Int
    private var head: [UInt8] = []
    /// The highest number that the client has used.
    private var lastStream: UInt32 = 0
    /// Streams that the client has begun and not ended.
    private var unfinished: [UInt32: Standing] = [:]
    /// The same streams in the order in which this side ended them; some are finished by now.
    private var abandoned: [UInt32] = []
    /// Numbers that were left out, ascending; they can never be used any more.
    private var gaps: [ClosedRange<UInt32>] = []
    /// Nothing certain is known of streams up to this one.
    private var forgottenUpTo: UInt32 = 0
    /// A header block of this stream has begun and not ended.
    private var block: UInt32?

    /// - Parameter prefaceBytes: what comes before the first frame.
    package init(prefaceBytes: Int) {
        skip = prefaceBytes
        head.reserveCapacity(Self.headBytes + 5)
    }

    /// Follows the next bytes of the client, however they are cut.
    package mutating func read(_ bytes: UnsafeRawBufferPointer) -> Reading {
        var reading = Reading()
        var at = 0
        var frameStart = 0
        while at < bytes.count {
            if skip > 0 {
                let count = min(skip, bytes.count - at)
                skip -= count
                at += count
                continue
            }
            if head.isEmpty { frameStart = at }
            let count = min(wantedHeadBytes - head.count, bytes.count - at)
            head.append(contentsOf: bytes[at..<(at + count)])
            at += count
            guard head.count == wantedHeadBytes else { continue }
            let frame = frame
            let verdict = judge(frame)
            skip = frame.length - (head.count - Self.headBytes)
            head.removeAll(keepingCapacity: true)
            switch verdict {
            case .fine: break
            case .cheap: reading.cheapFrames += 1
            case .violation(let code):
                reading.violation = Violation(code: code, offset: frameStart)
                return reading
            }
        }
        return reading
    }

    /// This side has answered a request in full.
    package mutating func answered(_ stream: UInt32) {
        if unfinished[stream] == .open { unfinished[stream] = .answered }
    }

    /// This side, or the library for it, has closed a stream.
    package mutating func closed(_ stream: UInt32) {
        guard unfinished[stream] == .open || unfinished[stream] == .answered else { return }
        unfinished[stream] = .abandoned
        abandoned.append(stream)
        guard abandoned.count > Self.maxAbandoned * 2 else { return }
        // Half at a time, so that the rest is moved rarely.
        for old in abandoned.prefix(Self.maxAbandoned) where unfinished[old] != nil {
            unfinished[old] = nil
            forgottenUpTo = max(forgottenUpTo, old)
        }
        abandoned.removeFirst(Self.maxAbandoned)
    }

    // MARK: Heads

    /// Bytes of a frame that are needed to judge it: its head, and of some what follows it.
    private var wantedHeadBytes: Int {
        guard head.count >= Self.headBytes else { return Self.headBytes }
        let frame = frame
        switch frame.kind {
        case .priority where frame.length == 5: return Self.headBytes + 5
        case .data where frame.isPadded && frame.length > 0: return Self.headBytes + 1
        case .data, .headers, .priority, .reset, .settings, .pushPromise, .ping, .goAway,
            .windowUpdate, .continuation, nil:
            return Self.headBytes
        }
    }

    private var frame: Frame {
        Frame(
            length: Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2]),
            kind: Kind(rawValue: head[3]), flags: head[4], stream: number(at: 5))
    }

    /// A stream number, without the bit before it.
    private func number(at index: Int) -> UInt32 {
        head[index..<(index + 4)].reduce(0) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
    }

    // MARK: Verdicts

    private mutating func judge(_ frame: Frame) -> Verdict {
        if let block {
            // Anything but CONTINUATION of this stream is an error that the library finds.
            guard frame.kind == .continuation, frame.stream == block else { return .fine }
            if frame.endsHeaders { self.block = nil }
            return frame.length == 0 ? .cheap : .fine
        }
        switch frame.kind {
        case .data: return judgeData(frame)
        case .headers: return judgeHeaders(frame)
        case .priority: return judgePriority(frame)
        case .reset: return judgeReset(frame)
        case .windowUpdate, .ping, .settings, .goAway, nil: return .cheap
        // Both are errors here; the library finds them.
        case .pushPromise, .continuation: return .fine
        }
    }

    private mutating func judgeData(_ frame: Frame) -> Verdict {
        guard frame.isOfClient, frame.stream <= lastStream else { return .fine }
        switch unfinished[frame.stream] {
        case .open:
            if frame.endsStream {
                unfinished[frame.stream] = nil
                return .fine
            }
            return isEmpty(frame) ? .cheap : .fine
        case .answered:
            if frame.endsStream { unfinished[frame.stream] = nil }
            return frame.length < Self.fewBytes || isEmpty(frame) ? .cheap : .fine
        case .abandoned:
            if frame.endsStream { unfinished[frame.stream] = nil }
            return .cheap
        case nil:
            return frame.stream <= forgottenUpTo ? .cheap : .violation(.streamClosed)
        }
    }

    /// Whether DATA carries nothing but padding.
    private func isEmpty(_ frame: Frame) -> Bool {
        guard frame.isPadded, frame.length > 0 else { return frame.length == 0 }
        return frame.length - 1 <= Int(head[Self.headBytes])
    }

    private mutating func judgeHeaders(_ frame: Frame) -> Verdict {
        guard frame.isOfClient else { return .fine }
        let stream = frame.stream
        if stream > lastStream {
            begin(frame)
            return .cheap
        }
        switch unfinished[stream] {
        case .open, .answered, .abandoned: break
        case nil where stream <= forgottenUpTo: break
        case nil:
            // A number that was left out is no closed stream: it was never one (§5.1.1).
            return .violation(isGap(stream) ? .protocolError : .streamClosed)
        }
        if frame.endsStream { unfinished[stream] = nil }
        if !frame.endsHeaders { block = stream }
        return .cheap
    }

    private mutating func begin(_ frame: Frame) {
        let expected = lastStream == 0 ? 1 : lastStream + 2
        if frame.stream > expected {
            if gaps.count == Self.maxGaps { gaps.removeFirst() }
            gaps.append(expected...(frame.stream - 2))
        }
        lastStream = frame.stream
        if !frame.endsStream { unfinished[frame.stream] = .open }
        if !frame.endsHeaders { block = frame.stream }
    }

    private func isGap(_ stream: UInt32) -> Bool {
        gaps.contains { $0.contains(stream) }
    }

    private func judgePriority(_ frame: Frame) -> Verdict {
        if frame.stream == 0 { return .violation(.protocolError) }
        // Of another size it is an error that the library finds.
        guard frame.length == 5 else { return .fine }
        // No stream depends on itself. The stream may be one that has not begun, which no
        // RST_STREAM may name, so the error is the connection's.
        return number(at: Self.headBytes) == frame.stream ? .violation(.protocolError) : .cheap
    }

    private mutating func judgeReset(_ frame: Frame) -> Verdict {
        guard frame.isOfClient, frame.stream <= lastStream else { return .fine }
        switch unfinished.removeValue(forKey: frame.stream) {
        case .open: return .fine
        case .answered, .abandoned, nil: return .cheap
        }
    }
}
