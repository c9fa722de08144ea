/// Cells and lines of CSV.
package enum CSVText {
    /// A cell that no spreadsheet takes for a formula: such texts get an apostrophe before them,
    /// unless they are plain numbers. Texts come from banks.
    package static func harmless(_ text: String) -> String {
        switch text.unicodeScalars.first {
        case "=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠":
            isNumber(text) ? text : "'" + text
        default: text
        }
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
        let space = UInt8(ascii: " ")
        let needsQuotes = cell.utf8.contains { byte in
            switch UnicodeScalar(byte) {
            // Some spreadsheets separate cells by semicolons or tabs.
            case ",", ";", "\"", "\t", "\n", "\r": true
            default: false
            }
        }
        return needsQuotes || cell.utf8.first == space || cell.utf8.last == space
            ? "\"\(cell.replacing("\"", with: "\"\""))\"" : cell
    }
}
