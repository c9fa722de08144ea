internal import Consensus

/// One of our nodes with its owner, which does what the owner in `ops/raft-oracle` does.
struct OracleNode {
    /// What becomes of a node's `Ready` after a step. It crashes before the first one is stored or
    /// after it, before its messages are sent; it starts again from a state that was kept or from
    /// its newest applied one. Or it leaves them for later; followers only, since the vote and the
    /// entries of a node's own count at once in 3.4, and when they are stored in ours.
    enum End: UInt64 {
        case settles, losesAll, losesAllButApplied, stores, storesAndKeepsApplied, waits

        var storesFirst: Bool { self == .stores || self == .storesAndKeepsApplied }
        var beginsWithKept: Bool { self == .losesAll || self == .stores }
    }

    struct Sent {
        var message: Message
        var text: [UInt8]
    }

    private(set) var raft: Raft<MemoryLog>
    private let options: Options
    /// Up to where the state is applied, as of the last `Ready` that was dealt with.
    private var applied: UInt64 = 0
    private var membership = Membership()
    /// An earlier state that the node can start again from; the log from there on is kept.
    private var kept: (applied: UInt64, membership: Membership) = (0, Membership())

    /// What the last step sent, in the order of the text.
    private(set) var sent: [Sent] = []
    private(set) var committed: [Entry] = []
    private(set) var installed: UInt64 = 0
    private(set) var reads: [ReadState] = []
    private var persisted: [Entry] = []
    private var mustSync = false

    init(_ options: Options, start: Snapshot?) throws {
        self.options = options
        var log = MemoryLog(start)
        if let start {
            log.hardState = HardState(term: start.term, commit: start.index)
            applied = start.index
            membership = start.membership
            kept = (applied, membership)
        }
        raft = try Self.start(options, log, applied: applied, membership: membership)
    }

    var keptIndex: UInt64 { kept.applied }
    var appliedIndex: UInt64 { applied }

    private static func start(
        _ options: Options, _ log: MemoryLog, applied: UInt64, membership: Membership
    ) throws -> Raft<MemoryLog> {
        var options = options
        options.applied = applied
        var log = log
        log.membership = membership
        return try Raft(options, storage: log)
    }

    private mutating func restart(fromKept: Bool) throws {
        if fromKept { (applied, membership) = kept }
        raft = try Self.start(options, raft.storage, applied: applied, membership: membership)
    }
}

/// Steps.
extension OracleNode {
    /// Takes a step and deals with what it asks for.
    ///
    /// - Returns: what became of the `Ready`; nil when the node refused a change that does not fit,
    ///   which 3.4 would accept.
    mutating func take(
        _ end: End, isProposal: Bool, _ action: (inout Raft<MemoryLog>) throws(Refusal) -> Void,
        answer: inout OracleText
    ) throws -> End? {
        sent = []
        committed = []
        persisted = []
        reads = []
        installed = 0
        mustSync = false
        var result: StaticString = "- "
        do {
            try action(&raft)
        } catch .changeDoesNotFit {
            return nil
        } catch .unknownPeer {
            result = "u "
        } catch {
            if !error.dropsProposal { result = "! " } else if isProposal { result = "d " }
        }
        let end = end == .waits && raft.role != .follower ? .settles : end
        try finish(end)
        describe(result, &answer)
        return end
    }

    /// Makes a snapshot of the applied state, and drops entries of the log.
    mutating func compact(upTo index: UInt64) {
        makeSnapshot()
        kept = (applied, membership)
        raft.storage.compact(upTo: index)
    }

    private mutating func makeSnapshot() {
        guard let term = raft.term(at: applied).known else { return }
        raft.storage.snapshot = Snapshot(
            index: applied, term: term, membership: membership, data: Array("\(applied)".utf8))
    }

    private mutating func finish(_ end: End) throws {
        if end == .waits { return }
        if end != .settles {
            if end.storesFirst, raft.hasReady { persist(raft.ready()) }
            try restart(fromKept: end.beginsWithKept)
        }
        while raft.hasReady {
            let ready = raft.ready()
            persist(ready)
            for message in ready.messages {
                var text = OracleText()
                text.append(message)
                sent.append(Sent(message: message, text: text.bytes.dropLast()))
            }
            reads += ready.readStates
            apply(ready.committed)
            raft.advance()
        }
        // Nodes install no snapshot that does not know them.
        if committed.contains(where: { $0.kind != .normal }) { makeSnapshot() }
        sent.sort { $0.text.lexicographicallyPrecedes($1.text) }
    }

    private mutating func persist(_ ready: Ready) {
        mustSync = mustSync || ready.mustSync
        if !ready.hardState.isEmpty { raft.storage.hardState = ready.hardState }
        if let snapshot = ready.snapshot {
            raft.storage.install(snapshot)
            installed = snapshot.index
            applied = snapshot.index
            membership = snapshot.membership
            kept = (applied, membership)
        }
        raft.storage.append(ready.entries)
        persisted += ready.entries
    }

    private mutating func apply(_ entries: [Entry]) {
        committed += entries
        for entry in entries {
            applied = entry.index
            guard entry.kind != .normal, let change = MembershipChange(encoded: entry.data) else {
                continue
            }
            membership = raft.applyChange(change, at: entry.index) ?? membership
        }
    }

    private func describe(_ result: StaticString, _ out: inout OracleText) {
        if let reason = raft.halted {
            out.append("halted: ")
            out.append(raw: reason.utf8)
            return
        }
        out.append(result)
        out.append(UInt64(raft.role.rawValue))
        out.append(raft.hardState)
        out.append(raft.leader)
        out.append(raft.applied)
        out.append(raft.firstIndex)
        out.append(raft.lastID.index)
        out.append(raft.lastID.term)
        out.append(raft.transferee)
        out.append("y ")
        out.append(mustSync)
        out.append("h ")
        out.append(raft.storage.hardState)
        out.append("e ")
        out.append(persisted)
        out.append("a ")
        out.append(committed)
        out.append("s ")
        out.append(installed)
        out.append("r ")
        out.append(UInt64(reads.count))
        for read in reads {
            out.append(read.index)
            out.append(hex: read.context)
        }
        out.append("c ")
        out.append(raft.membership)
        out.append("p ")
        if raft.role == .leader {
            for progress in raft.progress where progress.id != raft.id { out.append(progress) }
        }
        out.append("m")
        for message in sent {
            out.append(" | ")
            out.append(raw: message.text)
        }
    }
}

extension TermLookup {
    fileprivate var known: UInt64? {
        if case .term(let term) = self { term } else { nil }
    }
}
