internal import Domain
internal import Evidence

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

    /// Checks that an entry follows another one, decodes its batch and checks what stands beside
    /// it. Gives also the UETRs of the orders whose attachments are erased.
    ///
    /// - Throws: ``LogDamage`` naming the entry.
    static func decode(
        _ entry: LogEntry, after last: LogPosition
    ) throws(LogDamage) -> (batch: Batch, erased: [UETR]) {
        let previous = SHA256Digest(stored: last.checksum)
        let checksum = checksum(
            previous: previous, index: entry.index, term: entry.term, payload: entry.payload)
        guard entry.index == last.index + 1 else {
            throw LogDamage(index: last.index + 1, reason: "the entry is missing")
        }
        guard entry.previousHash == previous.bytes, entry.checksum == checksum.bytes else {
            throw LogDamage(index: entry.index, reason: "its checksum does not follow the chain")
        }
        let batch: Batch
        do {
            batch = try Batch(decoding: entry.payload, contents: entry.contents)
        } catch {
            throw LogDamage(index: entry.index, reason: "its payload is no batch: \(error)")
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
