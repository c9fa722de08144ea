/// How a statement file is to be read; what the file itself says goes before.
package struct StatementReadingOptions: Sendable {
    /// Of files without a mark that are not UTF-8, as agreed for the account.
    package var encoding: StatementEncoding?
    package var limits = StatementLimits()
    /// How CSV files of the account are laid out. Without it none is read.
    package var csv: CSVMapping?

    package init() {}

    /// For CSV files of an account, in the encoding that their mapping states.
    package init(csv: CSVMapping) {
        self.csv = csv
        encoding = csv.encoding
    }
}

/// The encodings of statement files.
package enum StatementEncoding: String, CaseIterable, Hashable, Sendable {
    case utf8 = "UTF-8"
    case utf16 = "UTF-16"
    case latin1 = "ISO-8859-1"
    case windows1252 = "windows-1252"
    case shiftJIS = "Shift_JIS"
}

/// Where a reader's events go. What it throws ends the reading.
package typealias StatementTake = (StatementEvent) throws(StatementRefusal) -> Void

/// A reader of a format that is made of lines: MT940 and MT942, CSV.
///
/// ``StatementFileReader`` decodes and cuts the lines. The reader keeps what it must between two
/// lines, within ``StatementLimits``, and forgets a statement's line once it is taken.
package protocol StatementLineReader: Sendable {
    init(options: StatementReadingOptions)

    /// Takes the next line in.
    ///
    /// - Parameters:
    ///   - line: UTF-8 without its end (CR, LF, CRLF; SOH and ETX, as between messages, end a line
    ///     too) and without a byte order mark; at most ``StatementLimits/lineBytes``; empty ones
    ///     come as well.
    ///   - number: the line of the file, from 1. What SOH and ETX cut has the same number.
    mutating func read(
        _ line: ArraySlice<UInt8>, number: Int, _ take: StatementTake
    ) throws(StatementRefusal)

    /// Ends the file.
    mutating func finish(_ take: StatementTake) throws(StatementRefusal)
}
