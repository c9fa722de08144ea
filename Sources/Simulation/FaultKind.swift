/// What the simulation breaks.
package enum FaultKind: String, CaseIterable, Sendable {
    /// A node loses its process, stands still, or has a clock of half to twice the speed.
    case crash, pause, clockSpeed
    /// Links lose everything, in both directions or one, or hold it back for a while.
    case cutBothWays, cutOneWay, clog
    /// A message never arrives, arrives twice, or up to three seconds later.
    case loss, duplication, delay
    /// Writes take long, or one fails and ends the process; a crash leaves part of a write, or
    /// nothing of the last ones; a stored bit flips.
    case slowDisk, failedWrite, tornWrite, lostTail, bitRot

    /// Named in reports.
    package var title: String {
        switch self {
        case .crash: "crash"
        case .pause: "pause"
        case .clockSpeed: "clock speed"
        case .cutBothWays: "two-way cut"
        case .cutOneWay: "one-way cut"
        case .clog: "clogged link"
        case .loss: "lost message"
        case .duplication: "doubled message"
        case .delay: "late message"
        case .slowDisk: "slow disk"
        case .failedWrite: "failed write"
        case .tornWrite: "torn write"
        case .lostTail: "lost tail"
        case .bitRot: "bit rot"
        }
    }

    /// Faults that are injected now and then; the others accompany messages and crashes.
    static var timed: [FaultKind] {
        [
            .crash, .pause, .clockSpeed, .cutBothWays, .cutOneWay, .clog, .slowDisk, .failedWrite,
            .bitRot,
        ]
    }
}
