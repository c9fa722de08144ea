internal import Consensus

/// One machine: the node that runs on it, its disk, and what waits in between.
///
/// A class, since copies of a node would cost more than its steps.
final class SimulatedNode {
    let id: NodeID
    /// Nil while the process is down.
    var raft: Raft<MemoryLog>?
    var disk: SimulatedDisk
    var machine = RegisterMachine()
    /// Counts starts; what was scheduled for an earlier life is void.
    var life = 0
    /// A bit of its disk has flipped; to be found at its next start.
    var isRotten = false
    /// Damaged beyond use.
    var isDead = false
    var isPaused = false
    /// Of a hundred; 200 runs twice as fast.
    var clockSpeed = 100
    var hasSlowDisk = false
    var failsNextWrite = false

    /// Messages that came while the node was paused or, with synchronous storage, writing.
    var inbox: [Message] = []
    /// Storage messages under way, oldest first.
    var appendQueue: [Message] = []
    var applyQueue: [Message] = []
    /// How many of `appendQueue` are being synced now.
    var writesUnderWay = 0
    /// With synchronous storage: what is being written now.
    var readyUnderWay: Ready?
    /// Reads whose index is known and not applied yet.
    var reads: [(index: UInt64, operation: UInt64)] = []
    /// The last entry that the node believes to be stored.
    var stable = EntryID(term: 0, index: 0)
    /// Answers to leaders that have not left yet, oldest first, and what they may acknowledge.
    var owed: [(leader: NodeID, limit: UInt64)] = []
    /// Set when the node takes no notice of anything.
    var isBusy: Bool { isPaused || readyUnderWay != nil }

    var isUp: Bool { raft != nil }

    init(id: NodeID, snapshot: Snapshot?) {
        self.id = id
        disk = SimulatedDisk(snapshot)
    }

    /// The process ends: only the disk stays.
    func stop() {
        raft = nil
        life += 1
        isPaused = false
        inbox = []
        appendQueue = []
        applyQueue = []
        writesUnderWay = 0
        readyUnderWay = nil
        reads = []
        stable = EntryID(term: 0, index: 0)
        owed = []
        failsNextWrite = false
    }

    /// The process starts from its disk.
    func start(_ options: Options) throws(StartError) {
        let log = disk.durable
        var options = options
        options.applied = log.snapshot?.index ?? 0
        machine =
            log.snapshot.map { RegisterMachine(encoded: $0.data) } ?? RegisterMachine()
        raft = try Raft(options, storage: log)
    }
}
