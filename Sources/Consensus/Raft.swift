internal import Chance

/// One node of a Raft cluster, as a value: messages and ticks go in, `Ready` comes out.
///
/// It has no clock, no threads and no I/O, and its owner gives it its chance: the same calls give
/// the same results. It is fed with `step`, `tick` and the calls of its owner. The owner takes a
/// `Ready`, does what each of its fields demands, and calls `advance()`; with
/// `Options.asyncStorageWrites` it steps the answers of its storage instead.
///
/// Three kinds of bad input are told apart. A message that no correct peer sends is refused and
/// changes nothing. A message that came late, twice or from an old term is expected and dropped.
/// When storage or the cluster has broken its word, so that going on could lose a commit, the
/// node is `halted` for good and says why; its owner must stop it.
///
/// Behaviour follows etcd's Raft, which follows Ongaro's thesis. A step costs O(entries) plus, for
/// a leader, O(members).
package struct Raft<Storage: LogStorage>: Sendable {
    let options: Options
    var log: RaftLog<Storage>
    var tracker: ProgressTracker
    /// Up to where the membership in force follows the log.
    package internal(set) var membershipIndex: UInt64 = 0
    var chance: SplitMix64

    package internal(set) var term: UInt64 = 0
    /// For whom this node voted in `term`.
    package internal(set) var vote: NodeID = noNode
    package internal(set) var leader: NodeID = noNode
    package internal(set) var role = Role.follower

    /// Ticks since the leader was heard of (followers), or since the last look at the quorum.
    var electionElapsed = 0
    var heartbeatElapsed = 0
    /// Ticks after which this node campaigns: once to twice `electionTicks`, drawn anew each time.
    var electionTimeout = 0

    /// A leader hands over to this node and takes no proposals meanwhile.
    package internal(set) var transferee: NodeID = noNode
    /// No membership change is proposed before the entry at this index is applied.
    var pendingChangeIndex: UInt64 = 0
    /// Bytes of data in entries of this leader that are not applied yet.
    package internal(set) var uncommittedBytes: UInt64 = 0

    /// Reads that wait for confirmation, and those that wait for the first commit of the term.
    var reads = ReadRequests()
    var postponedReads: [Message] = []
    var readStates: [ReadState] = []

    /// To be sent at once, and to be sent when everything handed over so far is durable.
    var messages: [Message] = []
    var messagesAfterAppend: [Message] = []

    /// What the last `Ready` said, and what `advance()` has to acknowledge.
    var lastSoftState = SoftState(leader: noNode, role: .follower)
    var lastHardState = HardState()
    var acknowledgements: [Message] = []

    /// Starts a node from what its storage holds.
    ///
    /// - Throws: `StartError` when the options make no sense or the storage contradicts itself.
    package init(_ options: Options, storage: Storage) throws(StartError) {
        if let fault = options.fault { throw StartError(message: fault) }
        self.options = options
        log = RaftLog(storage, maxApplyingBytes: options.maxCommittedBytes)
        tracker = ProgressTracker(window: options.window)
        chance = options.chance
        let (hardState, membership) = storage.initialState
        guard restoreMembership(membership) else {
            throw StartError(message: "the stored membership cannot be: \(membership)")
        }
        membershipIndex = max(options.applied, log.committed)
        term = hardState.term
        vote = hardState.vote
        if log.lastIndex >= log.firstIndex, log.lastID.term > term {
            let found = "the log ends in term \(log.lastID.term)"
            throw StartError(message: "\(found), the stored term is \(term): a vote may be lost")
        }
        // What was compacted or applied was committed, even if the stored index does not say so.
        log.commit(upTo: max(hardState.commit, options.applied))
        if options.applied > 0 { log.didApply(upTo: options.applied, bytes: 0) }
        if let reason = log.halted { throw StartError(message: reason) }
        becomeFollower(term: term, leader: noNode)
        lastHardState = HardState(term: term, vote: vote, commit: log.committed)
    }

    package var id: NodeID { options.id }
    /// What the owner writes to, as `Ready` says.
    package var storage: Storage {
        get { log.storage }
        _modify { yield &log.storage }
    }
    /// Why the node has to be stopped; nil while it is sound.
    package var halted: String? { log.halted }

    var safeguards: Safeguards { Safeguards(without: options.defect) }
}

/// Changes of role.
extension Raft {
    /// Forgets what belongs to one term in one role.
    private mutating func reset(term new: UInt64) {
        if term != new {
            term = new
            vote = noNode
        }
        leader = noNode
        electionElapsed = 0
        heartbeatElapsed = 0
        drawElectionTimeout()
        transferee = noNode
        tracker.reset(self: id, lastIndex: log.lastIndex)
        pendingChangeIndex = 0
        uncommittedBytes = 0
        reads = ReadRequests()
        postponedReads = []
    }

    mutating func becomeFollower(term: UInt64, leader: NodeID) {
        reset(term: term)
        role = .follower
        self.leader = leader
    }

    mutating func becomePreCandidate() {
        tracker.resetVotes()
        role = .preCandidate
        leader = noNode
    }

    mutating func becomeCandidate() {
        reset(term: term + 1)
        role = .candidate
        vote = id
    }

    /// The empty entry lets the term commit something of its own, and with it all earlier entries.
    mutating func becomeLeader() {
        reset(term: term)
        role = .leader
        leader = id
        if let own = tracker.place(of: id) {
            tracker[own].becomeReplicate()
            tracker[own].isRecentlyActive = true
        }
        pendingChangeIndex = safeguards.inheritedChange(before: log.lastIndex)
        appendAsLeader([Entry()])
    }

    private mutating func drawElectionTimeout() {
        electionTimeout = options.electionTicks + chance.below(options.electionTicks)
    }

    /// Sets when this node campaigns, until its next change of role.
    package mutating func setElectionTimeout(ticks: Int) {
        electionTimeout = ticks
    }
}

/// Time.
extension Raft {
    /// One tick of the owner's clock has passed.
    package mutating func tick() {
        if halted != nil { return }
        if role == .leader { tickAsLeader() } else { tickAsFollower() }
    }

    private mutating func tickAsFollower() {
        electionElapsed += 1
        if isPromotable, electionElapsed >= electionTimeout {
            electionElapsed = 0
            campaign()
        }
    }

    private mutating func tickAsLeader() {
        heartbeatElapsed += 1
        electionElapsed += 1
        if electionElapsed >= options.electionTicks {
            electionElapsed = 0
            if options.checkQuorum, safeguards.leadersCheckQuorum { stepDownWithoutQuorum() }
            if transferee != noNode, safeguards.givesUpTransfers {
                transferee = noNode
                leaveJointWhenDue()
            }
        }
        if role == .leader, heartbeatElapsed >= options.heartbeatTicks {
            heartbeatElapsed = 0
            broadcastHeartbeat(context: reads.lastContext)
        }
    }

    private mutating func stepDownWithoutQuorum() {
        if !tracker.isQuorumActive { becomeFollower(term: term, leader: noNode) }
        for place in tracker.progress.indices where tracker[place].id != id {
            tracker[place].isRecentlyActive = false
        }
    }
}

/// Sending.
extension Raft {
    /// Queues a message. Promises to a peer (votes, acknowledgements) and a node's word to itself
    /// wait until what they rest on is durable.
    mutating func send(_ message: Message) {
        var message = message
        if message.from == noNode { message.from = id }
        switch message.kind {
        case .vote, .voteResponse, .preVote, .preVoteResponse, .propose, .readIndex:
            break
        case .append, .appendResponse, .heartbeat, .heartbeatResponse, .snapshot, .timeoutNow,
            .transferLeader, .readIndexResponse, .storageAppend, .storageAppendResponse,
            .storageApply, .storageApplyResponse:
            message.term = term
        }
        switch message.kind {
        case .appendResponse, .voteResponse, .preVoteResponse:
            if safeguards.waitsForDisk(toSelf: message.to == id) {
                messagesAfterAppend.append(message)
            } else {
                messages.append(message)
            }
        case .propose, .append, .vote, .preVote, .heartbeat, .heartbeatResponse, .snapshot,
            .timeoutNow, .transferLeader, .readIndex, .readIndexResponse, .storageAppend,
            .storageAppendResponse, .storageApply, .storageApplyResponse:
            messages.append(message)
        }
    }
}
