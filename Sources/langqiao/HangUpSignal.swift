internal import Dispatch
internal import Foundation

/// SIGHUP: read the certificates again. Before somebody listens it is ignored.
final class HangUpSignal: Sendable {
    init() {
        signal(SIGHUP, SIG_IGN)
    }

    /// Calls `action` with every signal, for as long as the process lives.
    func onSignal(_ action: @escaping @Sendable () -> Void) {
        let handler = DispatchSource.makeSignalSource(signal: SIGHUP, queue: .global())
        handler.setEventHandler {
            _ = handler
            action()
        }
        handler.resume()
    }
}
