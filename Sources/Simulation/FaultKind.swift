/// What the simulation breaks.
public enum FaultKind: String, CaseIterable, Sendable {
    case crash, pause, clockSpeed
    case cutBothWays, cutOneWay, clog
    case loss, duplication, delay
    case slowDisk, failedWrite, tornWrite, lostTail, bitRot

    /// Named in reports.
    public var title: String {
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
