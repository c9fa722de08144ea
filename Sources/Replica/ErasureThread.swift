internal import Foundation
internal import Store

/// The thread that carries out erasures beside serving, one walk through the log for all that wait.
/// What fails is told and tried again later; it stops nothing, and what it did stays done.
enum ErasureThread {
    /// Seconds to the next try: doubled with each failure.
    private static let waits = 1.0...60.0

    /// Runs until `work` is closed; then it ends within a page of the log.
    static func run(
        _ address: DatabaseAddress, _ work: Inbox<Void>, onFailure: (any Error) -> Void
    ) {
        var wait: Double?
        while work.takeAll(until: wait.map { Date(timeIntervalSinceNow: $0) }) != nil {
            do {
                _ = try ContentEraser(address).run { !work.isClosed }
                wait = nil
            } catch {
                onFailure(error)
                wait = min((wait ?? waits.lowerBound / 2) * 2, waits.upperBound)
            }
        }
    }
}
