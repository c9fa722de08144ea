internal import Consensus

/// Plays schedules on both sides and counts what was compared.
struct OracleComparison {
    private static let stepsPerSchedule = 1000
    /// In the order of the bits that switch them; see `ops/raft-oracle/amend.go`.
    static let amendments = [
        "rejectionHints", "probeBelowMatch", "repeatedMatch", "snapshotRecovery",
        "snapshotInsteadOfNothing", "fullWindow", "autoLeave", "transferToLearner",
        "readsOfOldTerm", "forwardedFrom", "unappliedChange",
        "refusalTellsCommit", "ownTermCounts", "stepDownOnRemoval",
    ]
    static let allAmendments: UInt64 = (1 << UInt64(amendments.count)) - 1

    private(set) var steps = 0
    private var schedules = 0
    private var events = OracleSchedule.Events()
    /// How often each documented difference was met.
    private var met: [String: Int] = [:]

    /// Plays the schedule of a seed.
    ///
    /// - Returns: the first difference that is not documented.
    mutating func run(
        _ oracle: OracleProcess, seed: UInt64, amendments: UInt64 = allAmendments,
        defect: PlantedDefect? = nil
    ) throws -> OracleDifference? {
        var schedule = try OracleSchedule(seed: seed, amendments: amendments, defect: defect)
        while schedule.steps.count < Self.stepsPerSchedule, !schedule.isHalted {
            try schedule.next()
        }
        let lines = try oracle.run(
            schedule.commands.bytes + Array("flush\n".utf8), answers: schedule.steps.count)
        for (place, step) in schedule.steps.enumerated() {
            let ours = schedule.answers.bytes[step.answer]
            let tab = lines[place].lastIndex(of: UInt8(ascii: "\t")) ?? lines[place].endIndex
            let theirs = lines[place][..<tab]
            note(lines[place][tab...].dropFirst())
            if ours.elementsEqual(theirs) { continue }
            let command = schedule.commands.bytes[step.command]
            guard
                let odd = OracleDifference.oddMessages(
                    ours, theirs, after: command,
                    hasWindow: schedule.setup.options.window.messages < 256)
            else {
                return OracleDifference(schedule, step: place, lines)
            }
            for name in odd { met[name, default: 0] += 1 }
        }
        add(schedule)
        return nil
    }

    private mutating func note(_ amendments: ArraySlice<UInt8>) {
        if amendments.isEmpty { return }
        for name in amendments.split(separator: UInt8(ascii: " ")) {
            met[String(decoding: name, as: UTF8.self), default: 0] += 1
        }
    }

    private mutating func add(_ schedule: OracleSchedule) {
        steps += schedule.steps.count
        schedules += 1
        events.add(schedule.events)
        for (name, count) in schedule.leftOut { met[name, default: 0] += count }
    }

    /// Whether everything happened that a cluster can live through.
    var isEventful: Bool { events.counts.allSatisfy { $0.count > 0 } }

    var report: String {
        let counts = events.counts.map { "\($0.count) \($0.name)" }.joined(separator: ", ")
        let differences = met.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return """
            etcd's Raft 3.4: \(steps) steps of \(schedules) schedules agree, with \(counts)
            documented differences met: \(differences.joined(separator: ", "))
            """
    }
}
