internal import Foundation
internal import HTTP2
internal import NIOCore

/// Follows how far the tables are behind the log, by the gateway's metrics.
actor TableWatch {
    private let operation: Client
    private var lag: TableLag
    private static let start = ContinuousClock.now

    /// A moment without a sample adds as much to a lag that is counted from before it.
    private static let pause = Duration.milliseconds(100)
    /// Tables that show nothing more for this long are given up.
    private static let patience = 60.0

    /// Waits until the tables show everything, for that is where counting begins.
    init(_ operation: Client) async throws {
        self.operation = operation
        lag = TableLag(from: try await TableWatch.caughtUp(operation) { _ in })
    }

    /// Seconds by which the tables were behind at most, so far.
    var greatestSeconds: Double { lag.greatest }

    /// Takes samples until it is cancelled. One that the gateway does not give is made good by the
    /// ones around it, which then lie further apart.
    func sample() async {
        while !Task.isCancelled {
            if let now = try? await TableWatch.ask(operation) { lag.add(now) }
            try? await Task.sleep(for: TableWatch.pause)
        }
    }

    /// Seconds by which the tables are behind at this time, which is asked then.
    ///
    /// - Throws: when the gateway does not say; the lag is not known then.
    func lagSeconds(at time: ContinuousClock.Instant) async throws -> Double {
        try await Task.sleep(until: time)
        return lag.add(try await TableWatch.ask(operation))
    }

    /// Waits until the tables show all that is applied.
    ///
    /// - Parameter progress: told how many batches are missing.
    func waitUntilCaughtUp(_ progress: @Sendable (UInt64) -> Void) async throws {
        try await TableWatch.caughtUp(operation) {
            lag.add($0)
            progress($0.applied - min($0.applied, $0.inTables))
        }
    }

    /// Asks until the tables show everything.
    ///
    /// - Returns: the answer that says so.
    /// - Throws: when they show nothing more for a long time.
    @discardableResult
    private static func caughtUp(
        _ operation: Client, isolation: isolated (any Actor)? = #isolation,
        _ each: (TableLag.Sample) -> Void
    ) async throws -> TableLag.Sample {
        var newest = try await ask(operation)
        var movedAt = newest.answeredAt
        while true {
            each(newest)
            if newest.isCaughtUp { return newest }
            try await Task.sleep(for: .milliseconds(20))
            let now = try await ask(operation)
            if now.inTables > newest.inTables { movedAt = now.answeredAt }
            guard now.answeredAt - movedAt < patience else {
                throw StageError(
                    "the tables stay \(now.applied - now.inTables) batches behind the log")
            }
            newest = now
        }
    }

    private static func ask(_ operation: Client) async throws -> TableLag.Sample {
        func elapsed() -> Double { (ContinuousClock.now - start) / .seconds(1) }
        let askedAt = elapsed()
        let response: ClientResponse
        do {
            response = try await operation.request(
                RequestHead(method: "GET", path: "/metrics"), timeout: .seconds(30))
        } catch let error as HTTP2Error {
            throw StageError("the gateway does not tell how far its tables are: \(error)")
        }
        let answeredAt = elapsed()
        let text = String(decoding: response.body.readableBytesView, as: UTF8.self)
        func value(_ name: String) -> UInt64? {
            let line = text.split(separator: "\n").first { $0.hasPrefix("\(name) ") }
            return line.flatMap { UInt64($0.dropFirst(name.count + 1)) }
        }
        guard response.head.status == 200, let applied = value("langqiao_applied_index"),
            let inTables = value("langqiao_tables_index")
        else {
            throw StageError("the gateway does not tell how far its tables are")
        }
        return TableLag.Sample(
            askedAt: askedAt, answeredAt: answeredAt, applied: applied, inTables: inTables)
    }
}
