internal import Consensus

/// Text of the line protocol of `ops/raft-oracle`, whose `text.go` says the same in Go.
///
/// Every part ends with a space.
struct OracleText {
    private(set) var bytes: [UInt8] = []
    private var digits: [UInt8] = Array(repeating: 0, count: 20)

    var string: String { String(decoding: bytes, as: UTF8.self) }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
    }

    mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func append(raw text: some Collection<UInt8>) {
        bytes.append(contentsOf: text)
    }

    mutating func append(_ number: UInt64) {
        var place = digits.count
        var rest = number
        repeat {
            place -= 1
            digits[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
        bytes.append(contentsOf: digits[place...])
        bytes.append(UInt8(ascii: " "))
    }

    mutating func append(_ flag: Bool) {
        append(flag ? "1 " : "0 ")
    }

    mutating func append(hex data: [UInt8]) {
        func digit(_ value: UInt8) -> UInt8 {
            value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
        }
        if data.isEmpty { bytes.append(UInt8(ascii: "-")) }
        for byte in data {
            bytes.append(digit(byte >> 4))
            bytes.append(digit(byte & 15))
        }
        bytes.append(UInt8(ascii: " "))
    }
}

extension OracleText {
    mutating func append(_ hardState: HardState) {
        append(hardState.term)
        append(hardState.vote)
        append(hardState.commit)
    }

    mutating func append(_ entries: [Entry]) {
        append(UInt64(entries.count))
        for entry in entries {
            append(entry.term)
            append(entry.index)
            append(UInt64(entry.kind.rawValue))
            append(hex: entry.data)
        }
    }

    mutating func append(_ nodes: NodeSet) {
        append(UInt64(nodes.count))
        for id in nodes { append(id) }
    }

    mutating func append(_ membership: Membership) {
        append(membership.voters)
        append(membership.votersOutgoing)
        append(membership.learners)
        append(membership.learnersNext)
        append(membership.autoLeave)
    }

    /// Leaves out what 3.4 does not maintain: where to go on after a snapshot.
    mutating func append(_ progress: Progress) {
        append(progress.id)
        append(progress.match)
        append(UInt64(progress.state.rawValue))
        append(progress.state == .snapshot ? 0 : progress.next)
        append(progress.pendingSnapshot)
        append(progress.isRecentlyActive)
        append(progress.isLearner)
        append(progress.state == .probe && progress.isPaused)
    }

    mutating func append(_ message: Message) {
        append(UInt64(message.kind.rawValue))
        append(message.from)
        append(message.to)
        append(message.term)
        append(message.logTerm)
        append(message.index)
        append(message.commit)
        append(message.isRejected)
        append(message.hint)
        append(hex: message.context)
        append(message.entries)
        if let snapshot = message.snapshot {
            append(snapshot.index)
            append(snapshot.term)
            append(hex: snapshot.data)
            append(snapshot.membership)
        }
    }
}
