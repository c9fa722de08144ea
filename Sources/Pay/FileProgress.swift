internal import Foundation
internal import Synchronization
internal import Terminal

/// How far a file is, for whoever watches: a bar on a terminal, now and then a line elsewhere.
final class FileProgress: Sendable {
    private struct State {
        var answered: Int
        var shownAt: ContinuousClock.Instant
    }

    private let file: String
    private let total: Int
    private let answeredBefore: Int
    private let isQuiet: Bool
    private let start = ContinuousClock.now
    private let state: Mutex<State>

    /// - Parameter isQuiet: shows nothing where there is no terminal.
    init(_ file: String, total: Int, answered: Int, isQuiet: Bool) {
        self.file = file
        self.total = total
        self.isQuiet = isQuiet
        answeredBefore = answered
        state = Mutex(State(answered: answered, shownAt: start))
    }

    /// Counts payments that have an answer now.
    func add(_ count: Int) {
        let now = ContinuousClock.now
        let line: String? = state.withLock {
            $0.answered += count
            let pause: Duration = ProgressLine.isTerminal ? .milliseconds(100) : .seconds(2)
            guard now - $0.shownAt >= pause else { return nil }
            $0.shownAt = now
            return text($0.answered, now)
        }
        guard let line else { return }
        if ProgressLine.isTerminal {
            ProgressLine.show(line)
        } else if !isQuiet {
            FileHandle.standardError.write(Data((line + "\n").utf8))
        }
    }

    /// `20480 of 100000 answered`.
    var sentence: String { "\(state.withLock { $0.answered }) of \(total) answered" }

    private func text(_ answered: Int, _ now: ContinuousClock.Instant) -> String {
        let percent = total == 0 ? 100 : answered * 100 / total
        let nanoseconds = max(1, (now - start) / .nanoseconds(1))
        let rate = Int(Double(answered - answeredBefore) * 1e9 / nanoseconds)
        let tail = "\(answered) of \(total), \(percent) %, \(rate) a second"
        guard ProgressLine.isTerminal else { return "\(file): \(tail)" }
        let filled = percent * 30 / 100
        let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: 30 - filled)
        return "[\(bar)] \(tail)"
    }
}
