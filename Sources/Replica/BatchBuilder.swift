internal import Domain
internal import Evidence
internal import Store

/// Gathers waiting submissions into the next batch and chains it to the log.
///
/// A value owned by the replica's thread. Invariants: batches are numbered in a row, their times
/// strictly increase, and each names the checksum of the one before.
struct BatchBuilder {
    private var lastIndex: UInt64
    private var lastTimestamp: Timestamp
    private var lastChecksum: SHA256Digest
    private let term: UInt64

    /// The most bytes of one submission.
    static let largestSubmission = Limits.bytesPerBatch - Batch.headerSize

    init(after position: LogPosition, term: UInt64) {
        lastIndex = position.index
        lastTimestamp = position.timestamp
        lastChecksum = SHA256Digest(stored: position.checksum)
        self.term = term
    }

    /// Where in the log the next entry will stand.
    var nextIndex: UInt64 { lastIndex + 1 }

    /// Makes the next entry of the log.
    ///
    /// - Parameters:
    ///   - now: the node's clock; the batch is stamped with it, or just after the last batch.
    ///   - stated: an earlier position whose state hash the batch states.
    mutating func makeEntry(
        _ submissions: [Submission], now: Timestamp, stating stated: LedgerPosition
    ) -> (batch: Batch, entry: LogEntry) {
        let batch = Batch(
            packed: submissions.lazy.map(\.commands), timestamp: max(now, lastTimestamp + 1),
            hashedIndex: stated.logIndex, stateHash: stated.stateHash)
        let index = lastIndex + 1
        let checksum = LogChain.checksum(
            previous: lastChecksum, index: index, term: term, payload: batch.bytes)
        let entry = LogEntry(
            index: index, term: term, timestamp: batch.timestamp,
            commandCount: Int32(batch.commandCount), previousHash: lastChecksum.bytes,
            checksum: checksum.bytes, payload: batch.bytes)
        lastIndex = index
        lastTimestamp = batch.timestamp
        lastChecksum = checksum
        return (batch, entry)
    }
}

/// The hash chain of the log: each entry's checksum covers the one before.
enum LogChain {
    /// SHA-256 over previous checksum, index, term (both UInt64, little-endian) and payload.
    static func checksum(
        previous: SHA256Digest, index: UInt64, term: UInt64, payload: [UInt8]
    ) -> SHA256Digest {
        let header = [UInt8](capacity: 16) { writer in
            writer.write(index)
            writer.write(term)
        }
        return SHA256Digest(of: previous.bytes, header, payload)
    }

    /// Checks that an entry follows `previous` and decodes its batch.
    ///
    /// - Throws: ``LogDamage`` naming the entry.
    static func decode(
        _ entry: LogEntry, after index: UInt64, _ previous: SHA256Digest
    ) throws -> (batch: Batch, checksum: SHA256Digest) {
        let checksum = checksum(
            previous: previous, index: entry.index, term: entry.term, payload: entry.payload)
        guard entry.index == index + 1 else {
            throw LogDamage(index: index + 1, reason: "the entry is missing")
        }
        guard entry.previousHash == previous.bytes, entry.checksum == checksum.bytes else {
            throw LogDamage(index: entry.index, reason: "its checksum does not follow the chain")
        }
        do {
            return (try Batch(decoding: entry.payload), checksum)
        } catch {
            throw LogDamage(index: entry.index, reason: "its payload is no batch: \(error)")
        }
    }
}

/// The log is not what was written.
public struct LogDamage: Error, Sendable, CustomStringConvertible {
    public let index: UInt64
    public let reason: String

    public var description: String { "raft_log entry \(index): \(reason)" }
}

/// A batch states another state hash than this node reached: the node must not go on.
public struct StateDivergence: Error, Sendable, CustomStringConvertible {
    public let index: UInt64
    public let stated: UInt64
    public let reached: UInt64

    public var description: String {
        "state hash after entry \(index) is \(String(reached, radix: 16)), "
            + "but the log states \(String(stated, radix: 16))"
    }
}

/// The state hashes that later batches may state.
struct StateHashHistory {
    private var recent: [LedgerPosition] = []

    mutating func add(_ position: LedgerPosition) {
        recent.append(position)
        if recent.count > 128 { recent.removeFirst(64) }
    }

    /// Compares what a batch states with what this node reached.
    func check(_ batch: Batch) throws(StateDivergence) {
        guard let known = recent.last(where: { $0.logIndex == batch.hashedIndex }),
            known.stateHash != batch.stateHash
        else { return }
        throw StateDivergence(
            index: known.logIndex, stated: batch.stateHash, reached: known.stateHash)
    }
}
