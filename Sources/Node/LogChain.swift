package import Domain
internal import Evidence

/// The hash chain of the log: each entry's checksum covers the one before.
enum LogChain {
    /// SHA-256 over previous checksum, index, term (both UInt64, little-endian), the kind if it is
    /// no batch (UInt8), and payload.
    static func checksum(
        previous: SHA256Digest, index: UInt64, term: UInt64, kind: LogEntryKind = .batch,
        payload: [UInt8]
    ) -> SHA256Digest {
        let header = [UInt8](capacity: 17) { writer in
            writer.write(index)
            writer.write(term)
            if kind != .batch { writer.write(kind.rawValue) }
        }
        return SHA256Digest(of: previous.bytes, header, payload)
    }

    /// Checks that an entry follows another one, decodes its batch and checks what stands beside
    /// it. Gives also the UETRs of the orders whose attachments are erased.
    ///
    /// - Parameter rules: by which an entry of consensus' own is applied.
    /// - Throws: ``LogDamage`` naming the entry.
    static func decode(
        _ entry: LogEntry, after last: LogPosition, rules: RuleVersion
    ) throws(LogDamage) -> (batch: Batch, erased: [UETR]) {
        let previous = SHA256Digest(stored: last.checksum)
        let checksum = checksum(
            previous: previous, index: entry.index, term: entry.term, kind: entry.kind,
            payload: entry.payload)
        guard entry.index == last.index + 1 else {
            throw LogDamage(index: last.index + 1, reason: "the entry is missing")
        }
        guard entry.term >= last.term, entry.timestamp > last.timestamp else {
            throw LogDamage(index: entry.index, reason: "its term or its time goes back")
        }
        guard entry.previousHash == previous.bytes, entry.checksum == checksum.bytes else {
            throw LogDamage(index: entry.index, reason: "its checksum does not follow the chain")
        }
        if entry.kind != .batch, entry.timestamp != last.timestamp + 1 || !entry.contents.isEmpty {
            throw LogDamage(
                index: entry.index, reason: "it is consensus' own, with a time or content")
        }
        let batch: Batch
        do {
            batch = try Batch(entry, rules: rules)
        } catch {
            throw LogDamage(index: entry.index, reason: "its payload is no batch: \(error)")
        }
        guard batch.timestamp == entry.timestamp, batch.commandCount == entry.commandCount else {
            throw LogDamage(
                index: entry.index, reason: "its time or number of commands is not the batch's")
        }
        do {
            return (batch, try batch.checkContents())
        } catch {
            throw LogDamage(
                index: entry.index,
                reason: "the content of command \(error.position + 1) is not what was sealed")
        }
    }
}

extension LogEntry {
    /// The row of a batch behind another one.
    ///
    /// - Parameter commit: what is known to be committed when it is written.
    /// - Complexity: O(bytes).
    package init(_ batch: Batch, after last: LogPosition, term: UInt64, commit: UInt64 = 0) {
        let previous = SHA256Digest(stored: last.checksum)
        let checksum = LogChain.checksum(
            previous: previous, index: last.index + 1, term: term, payload: batch.bytes)
        self.init(
            index: last.index + 1, term: term, timestamp: batch.timestamp,
            commandCount: Int32(batch.commandCount), previousHash: previous.bytes,
            checksum: checksum.bytes, payload: batch.bytes, contents: batch.contents,
            commit: commit)
    }
}
