/// Cells and lines of CSV.
package enum CSVText {
    /// A cell that no spreadsheet takes for a formula: such texts get an apostrophe before them,
    /// unless they are plain numbers. Texts come from banks.
    package static func harmless(_ text: String) -> String {
        guard let first = text.unicodeScalars.first,
            ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"].contains(first),
            !isNumber(text)
        else { return text }
        return "'" + text
    }

    private static func isNumber(_ text: String) -> Bool {
        let digits = text.utf8.drop { $0 == UInt8(ascii: "-") }
        let parts = digits.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return text.utf8.count - digits.count <= 1 && parts.count <= 2
            && parts.allSatisfy { part in
                !part.isEmpty && part.allSatisfy { (0x30...0x39).contains($0) }
            }
    }

    /// A line (RFC 4180 §2): cells between commas, quoted where they hold what would end them.
    package static func line(_ cells: [String]) -> String {
        cells.map(quoted).joined(separator: ",") + "\r\n"
    }

    private static func quoted(_ cell: String) -> String {
        let needsQuotes = cell.utf8.contains {
            // Some spreadsheets separate cells by semicolons or tabs.
            [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\""), 0x09, 0x0A, 0x0D]
                .contains($0)
        }
        return needsQuotes || cell.hasPrefix(" ") || cell.hasSuffix(" ")
            ? "\"\(cell.replacing("\"", with: "\"\""))\"" : cell
    }
}
