internal import Foundation

/// A line on standard error that is written over again and again; silent when that is no terminal.
package enum ProgressLine {
    /// Whether somebody sees it.
    package static let isTerminal = isatty(STDERR_FILENO) == 1

    package static func show(_ text: String) {
        guard isTerminal else { return }
        FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8))
    }

    package static func clear() {
        guard isTerminal else { return }
        FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
    }
}
