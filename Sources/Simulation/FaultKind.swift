/// What simulations break.
package enum FaultKind: String, CaseIterable, Sendable {
    /// A node loses its process, stands still, or has a clock of half to twice the speed, or one
    /// that is set.
    case crash, pause, clockSpeed, clockJump
    /// Links lose everything, in both directions or one, or hold it back for a while.
    case cutBothWays, cutOneWay, clog
    /// A message never arrives, arrives twice, or up to three seconds later.
    case loss, duplication, delay
    /// Writes take long, or one fails and ends the process; a crash leaves part of a write, or
    /// nothing of the last ones; a stored bit flips.
    case slowDisk, failedWrite, tornWrite, lostTail, bitRot
    /// A commit of a database is lost or stays unanswered, and ends the process; the server dies
    /// with what was not durable, or has no room.
    case lostCommit, unansweredCommit, serverCrash, fullDisk

    /// Named in reports.
    package var title: String {
        switch self {
        case .crash: "crash"
        case .pause: "pause"
        case .clockSpeed: "clock speed"
        case .clockJump: "clock jump"
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
        case .lostCommit: "lost commit"
        case .unansweredCommit: "unanswered commit"
        case .serverCrash: "server crash"
        case .fullDisk: "full disk"
        }
    }

    /// Those that are injected now and then where consensus is alone; others accompany messages and
    /// crashes.
    static let timedInClusters: [FaultKind] = [
        .crash, .pause, .clockSpeed, .cutBothWays, .cutOneWay, .clog, .slowDisk, .failedWrite,
        .bitRot,
    ]

    /// And where whole nodes run on databases.
    static let timedInLedgers: [FaultKind] = [
        .crash, .lostCommit, .unansweredCommit, .serverCrash, .pause, .clockSpeed, .clockJump,
        .cutBothWays, .cutOneWay, .clog, .slowDisk, .fullDisk, .lostTail,
    ]

    private static let ofMessages: [FaultKind] = [.loss, .duplication, .delay]

    /// All that the simulation of consensus breaks.
    static let ofClusters = timedInClusters + ofMessages + [.tornWrite, .lostTail]

    /// All that the simulation of ledgers breaks.
    static let ofLedgers = timedInLedgers + ofMessages
}
