internal import Consensus
internal import Domain
internal import Evidence

// What an entry of consensus carries of a batch: its checksum (32 bytes), the size of its payload
// (4, little-endian), then the payload and what stands beside it. The rest of a row of the log
// follows from its place (index, term, checksum before) and from the payload (time, number of
// commands).

extension Entry {
    static let batchHeaderSize = 36

    /// The entry that a row of the log stands for.
    init(_ row: LogEntry) {
        switch row.kind {
        case .batch:
            self.init(term: row.term, index: row.index, data: Entry.data(of: row))
        case .leaderStart:
            self.init(term: row.term, index: row.index)
        case .membership:
            self.init(term: row.term, index: row.index, kind: .change, data: row.payload)
        }
    }

    /// What a batch's row becomes on its way to the other nodes.
    static func data(of row: LogEntry) -> [UInt8] {
        let size = batchHeaderSize + row.payload.count + row.contents.count
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, written in
            let memory = UnsafeMutableRawBufferPointer(buffer)
            memory.copyBytes(from: row.checksum)
            memory.storeBytes(
                of: UInt32(row.payload.count).littleEndian, toByteOffset: 32, as: UInt32.self)
            UnsafeMutableRawBufferPointer(rebasing: memory[batchHeaderSize...])
                .copyBytes(from: row.payload)
            UnsafeMutableRawBufferPointer(
                rebasing: memory[(batchHeaderSize + row.payload.count)...]
            ).copyBytes(from: row.contents)
            written = size
        }
    }
}

extension LogEntry {
    /// The row of an entry that consensus hands over.
    ///
    /// - Parameters:
    ///   - last: where the entry before it stands.
    ///   - commit: what is known to be committed when it is written.
    /// - Throws: ``LogDamage`` when the entry is none of ours, or its checksum does not follow.
    /// - Complexity: O(bytes).
    init(_ entry: Entry, after last: LogPosition, commit: UInt64) throws(LogDamage) {
        guard entry.index == last.index + 1, entry.term >= last.term else {
            throw LogDamage(index: entry.index, reason: "it does not follow \(last.index)")
        }
        switch entry.kind {
        case .normal where entry.data.isEmpty:
            self.init(ofConsensus: entry, .leaderStart, after: last, commit)
        case .normal:
            try self.init(batch: entry, after: last, commit)
        case .change:
            self.init(ofConsensus: entry, .membership, after: last, commit)
        case .singleChange:
            throw LogDamage(index: entry.index, reason: "changes of that kind are not proposed")
        }
    }

    private init(
        ofConsensus entry: Entry, _ kind: LogEntryKind, after last: LogPosition, _ commit: UInt64
    ) {
        let previous = SHA256Digest(stored: last.checksum)
        let checksum = LogChain.checksum(
            previous: previous, index: entry.index, term: entry.term, kind: kind,
            payload: entry.data)
        self.init(
            index: entry.index, term: entry.term, timestamp: last.timestamp + 1, commandCount: 0,
            previousHash: previous.bytes, checksum: checksum.bytes, payload: entry.data,
            kind: kind, commit: commit)
    }

    private init(
        batch entry: Entry, after last: LogPosition, _ commit: UInt64
    ) throws(LogDamage) {
        let header = Entry.batchHeaderSize
        guard entry.data.count > header else {
            throw LogDamage(index: entry.index, reason: "it is too short for a batch")
        }
        let size = entry.data.withUnsafeBytes {
            Int(UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: 32, as: UInt32.self)))
        }
        guard size <= entry.data.count - header else {
            throw LogDamage(index: entry.index, reason: "it is shorter than its payload")
        }
        let payload = Array(entry.data[header..<header + size])
        guard let heading = Batch.heading(of: payload), heading.timestamp > last.timestamp else {
            throw LogDamage(index: entry.index, reason: "it is no batch, or its time cannot be")
        }
        let previous = SHA256Digest(stored: last.checksum)
        let checksum = LogChain.checksum(
            previous: previous, index: entry.index, term: entry.term, payload: payload)
        guard entry.data.starts(with: checksum.bytes) else {
            throw LogDamage(index: entry.index, reason: "its checksum does not follow the chain")
        }
        self.init(
            index: entry.index, term: entry.term, timestamp: heading.timestamp,
            commandCount: heading.commandCount,
            previousHash: previous.bytes, checksum: checksum.bytes, payload: payload,
            contents: Array(entry.data[(header + size)...]), commit: commit)
    }
}
