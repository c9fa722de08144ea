internal import Foundation
internal import Store

/// Processor seconds of the gateway and of all processes of its PostgreSQL.
struct ProcessorTimes {
    private let gateway: Int32
    private let postmaster: Int32
    private let before: (gateway: Double, database: Double)

    init(_ node: BenchmarkNode) {
        gateway = node.process.processIdentifier
        postmaster = node.database.postmasterPID
        before = ProcessorTimes.now(gateway, postmaster)
    }

    func used() -> (gateway: Double, database: Double) {
        let now = ProcessorTimes.now(gateway, postmaster)
        return (now.gateway - before.gateway, now.database - before.database)
    }

    private static func now(
        _ gateway: Int32, _ postmaster: Int32
    ) -> (gateway: Double, database: Double) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        var database = 0.0
        for process in names.compactMap({ Int32($0) }) {
            guard let stat = stat(process) else { continue }
            if process == postmaster {
                database += stat.own + stat.ended
            } else if stat.parent == postmaster {
                database += stat.own
            }
        }
        return (stat(gateway)?.own ?? 0, database)
    }

    /// Fields 4 and 14 to 17 of proc(5): parent, own times, and those of ended children.
    private static func stat(_ process: Int32) -> (parent: Int32, own: Double, ended: Double)? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 14, let parent = Int32(fields[1]) else { return nil }
        let ticks = fields[11...14].compactMap { Double($0) }
        guard ticks.count == 4 else { return nil }
        let second = Double(sysconf(Int32(_SC_CLK_TCK)))
        return (parent, (ticks[0] + ticks[1]) / second, (ticks[2] + ticks[3]) / second)
    }
}
