internal import Dispatch
internal import Foundation

/// Waits for SIGTERM or SIGINT.
package final class StopSignals: Sendable {
    private let stream: AsyncStream<Bool>
    private let source: AsyncStream<Bool>.Continuation

    /// Takes the signals over from now on.
    package init() {
        (stream, source) = AsyncStream.makeStream(
            of: Bool.self, bufferingPolicy: .bufferingOldest(1))
        let source = source
        for number in [SIGTERM, SIGINT] {
            signal(number, SIG_IGN)
            let handler = DispatchSource.makeSignalSource(signal: number, queue: .global())
            // The handler keeps its own source: it lives as long as the process.
            handler.setEventHandler {
                _ = handler
                source.yield(true)
            }
            handler.resume()
        }
    }

    /// True when a signal came, false after ``cancel()``.
    package func wait() async -> Bool {
        for await value in stream { return value }
        return false
    }

    /// Ends the wait.
    package func cancel() { source.finish() }
}
