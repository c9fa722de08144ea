/// How large what a statement file holds may be. Beyond a bound the file is refused, unless the
/// bound says that a text is cut: nobody can make a reader hold more than these allow.
package struct StatementLimits: Equatable, Sendable {
    /// Of the file, as sent.
    package var fileBytes = 1 << 30
    /// Of a line of MT or CSV, as UTF-8.
    package var lineBytes = 64 << 10
    /// Of an identification, a code, a date or an amount, as UTF-8.
    package var identifierBytes = 512
    /// Of a text for people, all its parts together, as UTF-8. Beyond it is cut.
    package var textBytes = 16 << 10
    package var statements = 10_000
    package var linesPerStatement = 2_000_000
    package var balancesPerStatement = 1_000
    package var detailsPerLine = 100_000
    /// Currencies of one statement's lines.
    package var currencies = 64
    /// Findings kept for a file; more are counted.
    package var findings = 1_000

    package init() {}
}
