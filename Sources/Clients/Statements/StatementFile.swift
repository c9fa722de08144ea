package import BankMessages
package import Domain
internal import Evidence
internal import Foundation

/// A statement file as it is read twice: once to know what it comes to and whether it can be read
/// to its end, once to send what it says. Neither holds more than a piece of it.
package struct StatementFile: Sendable {
    package let path: String
    /// Without its directory, at most 255 characters.
    var name: String { String(path.split(separator: "/").last?.suffix(255) ?? "") }
    private let options: StatementReadingOptions

    /// Bytes that are read at a time.
    private static let pieceBytes = 1 << 20

    package init(_ path: String, _ options: StatementReadingOptions) {
        self.path = path
        self.options = options
    }

    /// What one statement of the file says of itself.
    package struct Summary: Sendable {
        package let figures: StatementFigures
        /// The dates that it covers: as stated, else of its lines, else of its closing balance.
        package let days: ClosedRange<CivilDate>?
        /// The first half of SHA-256 over the file; of a file with several statements over that
        /// digest and the statement's place, four bytes, the most significant first.
        package let digest: RowsDigest
        /// What reading found, for whoever looks at it later.
        package let findings: [StatementFinding]
    }

    /// Reads the whole file.
    ///
    /// - Throws: ``StatementRefusal`` when it cannot be read to its end; nothing of it counts then.
    ///   An error of the file system.
    /// - Complexity: O(bytes of the file); memory for its statements alone.
    package func summaries(
        _ progress: (_ bytes: Int, _ lines: Int) -> Void = { _, _ in }
    ) throws -> [Summary] {
        var tally = StatementTally(limits: options.limits)
        var days: [LineDays] = []
        let hasher = SHA256Hasher()
        hasher.begin()
        try read { piece in
            piece.withUnsafeBytes { hasher.add($0) }
        } take: { event throws(StatementRefusal) in
            switch event {
            case .head: days.append(LineDays())
            case .line(let line) where !days.isEmpty: days[days.count - 1].take(line)
            case .line, .balance, .declared, .refusedLine, .finding, .end: break
            }
            try tally.take(event)
        } progress: { bytes in
            progress(bytes, tally.rowsTaken)
        }
        tally.finish()
        var bytes = [UInt8](repeating: 0, count: 32)
        bytes.withUnsafeMutableBytes { hasher.finish(into: $0) }
        return tally.statements.enumerated().map { place, figures in
            Summary(
                figures: figures, days: days[place].range(figures),
                digest: StatementFile.digest(bytes, of: place, in: tally.statements.count),
                findings: tally.findings.filter { $0.statement == place + 1 })
        }
    }

    private static func digest(_ file: [UInt8], of place: Int, in count: Int) -> RowsDigest {
        guard count > 1 else {
            return RowsDigest(bits: file.prefix(16).reduce(0) { $0 << 8 | UInt128($1) })
        }
        let number = (0..<4).map { UInt8(truncatingIfNeeded: (place + 1) >> (24 - 8 * $0)) }
        return RowsDigest(bits: SHA256Digest(of: file, number).first128Bits)
    }

    /// Reads it again, event by event, a piece at a time.
    ///
    /// - Throws: as ``summaries(_:)``, and what `send` throws.
    package func events(_ send: ([StatementEvent]) async throws -> Void) async throws {
        guard let handle = FileHandle(forReadingAtPath: path) else { throw Unreadable(path: path) }
        defer { try? handle.close() }
        var reader = StatementFileReader(options: options)
        var events: [StatementEvent] = []
        while let piece = try handle.read(upToCount: StatementFile.pieceBytes), !piece.isEmpty {
            try reader.read(Array(piece)[...]) { event throws(StatementRefusal) in
                events.append(event)
            }
            try await send(events)
            events.removeAll(keepingCapacity: true)
        }
        try reader.finish { event throws(StatementRefusal) in events.append(event) }
        try await send(events)
    }

    private func read(
        _ see: ([UInt8]) -> Void, take: StatementTake, progress: (Int) -> Void
    ) throws {
        guard let handle = FileHandle(forReadingAtPath: path) else { throw Unreadable(path: path) }
        defer { try? handle.close() }
        var reader = StatementFileReader(options: options)
        while let piece = try handle.read(upToCount: StatementFile.pieceBytes), !piece.isEmpty {
            let bytes = Array(piece)
            see(bytes)
            try reader.read(bytes[...], take)
            progress(reader.bytesRead)
        }
        try reader.finish(take)
    }

    /// The file cannot be opened.
    package struct Unreadable: Error, CustomStringConvertible {
        package let path: String
        package var description: String { "cannot read \(path)" }
    }
}

/// The booking dates of a statement's booked lines.
private struct LineDays {
    private var first: CivilDate?
    private var last: CivilDate?

    mutating func take(_ line: StatementLine) {
        guard line.status == .booked, let date = line.bookingDate ?? line.valueDate else { return }
        first = min(first ?? date, date)
        last = max(last ?? date, date)
    }

    func range(_ figures: StatementFigures) -> ClosedRange<CivilDate>? {
        let end = figures.closing?.date ?? figures.head.to ?? last
        guard let end else { return nil }
        let start = figures.head.from ?? first ?? end
        return min(start, end)...end
    }
}
