internal import Foundation
internal import Synchronization

/// What is being done, for whoever watches: a line on a terminal, now and then a line elsewhere.
package final class RunProgress: Sendable {
    private let isQuiet: Bool
    private let shownAt: Mutex<ContinuousClock.Instant>
    private let prefix = Mutex("")

    /// - Parameter isQuiet: shows nothing where there is no terminal.
    package init(isQuiet: Bool) {
        self.isQuiet = isQuiet
        shownAt = Mutex(.now)
    }

    /// Names the run in front of what is shown from now on.
    package func begin(_ run: Int, of runs: Int) {
        prefix.withLock { $0 = runs == 1 ? "" : "run \(run) of \(runs): " }
    }

    /// What is being done now.
    package func show(_ text: String) {
        let line = prefix.withLock { $0 } + text
        if ProgressLine.isTerminal {
            ProgressLine.show(line)
        } else if !isQuiet, isDue() {
            FileHandle.standardError.write(Data((line + "\n").utf8))
        }
    }

    private func isDue() -> Bool {
        let now = ContinuousClock.now
        return shownAt.withLock {
            guard now - $0 >= .seconds(2) else { return false }
            $0 = now
            return true
        }
    }
}
