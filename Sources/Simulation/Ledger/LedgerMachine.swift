internal import Consensus
internal import Domain
internal import Node

/// One machine of a simulated cluster: its database, its clocks, and the process if one runs.
///
/// A class, since copies would cost more than steps.
final class LedgerMachine {
    let id: NodeID
    var database = ModelDatabase()
    var clock = MachineClock()
    /// Nil while the process is down.
    var process: LedgerProcess?
    /// Counts processes; what was scheduled for an earlier one is void.
    var life = 0
    /// The tables as they stood at some time, from which an engine starts after what followed.
    var tables = LedgerTables()
    /// What the node was told is durable, kept outside of its database.
    private(set) var remembered = EntryID(term: 0, index: 0)
    /// What its server had before it lost entries that it had acknowledged; the node must not start
    /// again then.
    var lost: ModelDatabase?
    /// Out for good.
    var isDead = false
    /// Whether everything takes longer: writes of the log, of the tables, look-ups.
    var hasSlowDatabase = false
    /// Whether its disk is so full that its node takes nothing from others.
    var isShort = false
    /// What becomes of the next commit of the log.
    var nextFate = CommitFate.succeeds

    init(id: NodeID) { self.id = id }

    var isUp: Bool { process != nil }

    func remember() {
        remembered = EntryID(term: database.end.term, index: database.end.index)
    }

    /// Whether the log has this entry, or had it before it was lost.
    func has(_ checksum: [UInt8], at index: UInt64) -> Bool {
        (lost ?? database).entry(at: index)?.checksum == checksum
    }
}

/// What is gone when a process ends.
final class LedgerProcess {
    let life: Int
    var node: Node
    var isPaused = false
    var resumedAt: VirtualTime = 0
    /// What came while it was paused.
    var inbox: [NodeEvent] = []
    /// Handed over for writing and not durable, oldest first; the first so many are under way.
    var writes: [NodeWrite] = []
    var writing = 0
    /// Where it stands, and where it knows the tables to be.
    var applied: UInt64
    var tablesAt: UInt64
    var isWritingTables = false
    /// Questions to the tables, by number.
    var questions: [UInt64: Question] = [:]
    var lastQuestion: UInt64 = 0
    /// Who waits for an answer.
    var asks: [UInt64: Ask] = [:]
    /// Counts from 1 in every life, as a node's owner does.
    var lastTicket: UInt64 = 0
    /// Submissions of other nodes, by their tickets here.
    var foreign: Set<UInt64> = []
    /// Who waits to read.
    var readAsks: [UInt64: ReadAsk] = [:]
    /// Whether it is about to go on by itself, and when it will look again.
    var isProceeding = false
    var looksAt = VirtualTime.max
    /// By how much its time of day was moved since its last step.
    var unseenJump: Timestamp = 0
    var role: NodeRole

    init(life: Int, _ node: consuming Node) {
        self.life = life
        applied = node.ledger.end.index
        tablesAt = applied
        role = node.role
        self.node = node
    }
}

/// A question to the tables that is under way.
enum Question {
    case lookUp(RecordLookup)
    /// Read; the answer is on its way.
    case lookedUp(RecordLookup)
    case page(for: NodeID, from: UInt64, bytes: Int)
    case pageRead(for: NodeID, [LogEntry])
}

/// A submission that waits for its answer.
struct Ask {
    let wishes: [Int]
    /// What was known of each when it was asked.
    let known: [Outcome?]
    /// By the machine's steady clock.
    let deadline: UInt64
}

/// A read that waits for its index.
struct ReadAsk {
    /// The last entry of which anybody had been told when it was asked.
    let answered: UInt64
    /// By the machine's steady clock.
    let deadline: UInt64
}

/// A message under way between two machines, by their places.
struct LedgerPacket {
    let from: Int
    let to: Int
    let content: PeerMessage
}

/// The clocks of a machine. The steady one runs at a speed of its own; the time of day is kept by
/// others and can jump.
struct MachineClock {
    /// Monday, 5 January 2026, 01:00 UTC.
    static let epoch: Timestamp = 1_767_574_800_000_000_000

    /// Of a hundred.
    private(set) var speed: UInt64 = 100
    private var since: VirtualTime = 0
    private var steadySince: UInt64 = 0
    /// Nanoseconds by which the time of day is wrong.
    var offset: Timestamp = 0

    func moment(at now: VirtualTime) -> Moment {
        Moment(
            wall: MachineClock.epoch + Timestamp(now * 1_000) + offset, steady: steady(at: now))
    }

    func steady(at now: VirtualTime) -> UInt64 { steadySince + (now - since) * 10 * speed }

    /// When the steady clock will show a time, not before `now`.
    func time(of steady: UInt64, now: VirtualTime) -> VirtualTime {
        let shown = self.steady(at: now)
        return now + (steady > shown ? (steady - shown) / (10 * speed) + 1 : 0)
    }

    mutating func setSpeed(_ speed: Int, at now: VirtualTime) {
        (steadySince, since) = (steady(at: now), now)
        self.speed = UInt64(speed)
    }
}
