internal import Foundation

/// A page of `docs`, for tests that hold it against the code.
package struct DocumentedPage {
    package let text: String

    package init(_ name: String) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/\(name)").standardizedFileURL
        text = try String(contentsOf: file, encoding: .utf8)
    }

    /// The rows of the only table with these columns, each as its cells; none when there is no such
    /// table.
    package func table(_ columns: String...) -> [[String]] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        while let line = lines.popFirst(), DocumentedPage.cells(line) != columns {}
        return lines.dropFirst().prefix { $0.hasPrefix("|") }.map(DocumentedPage.cells)
    }

    private static func cells(_ line: Substring) -> [String] {
        line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
            .map { $0.trimmingCharacters(in: .whitespaces) }
    }
}
