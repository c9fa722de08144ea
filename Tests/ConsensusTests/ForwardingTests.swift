internal import Chance
internal import Consensus
internal import Testing

/// What followers send on keeps the name of its origin, and can come back to it: each of two nodes
/// may believe for a while that the other one leads.
@Suite struct ForwardingTests {
    private static let read = Message(.readIndex, from: 1, to: 1, context: [7])
    private static let proposal = Message(.propose, from: 1, to: 1, entries: [Entry(data: [5])])

    private static func node(voters: NodeSet) throws -> Raft<MemoryLog> {
        var log = MemoryLog()
        log.membership = Membership(voters: voters)
        return try Raft(Options(id: 1, chance: SplitMix64(seed: 1)), storage: log)
    }

    /// It is dropped like one that just begins.
    @Test func comesBackToANodeWithoutLeader() throws {
        var raft = try Self.node(voters: [1, 2, 3])
        for message in [Self.read, Self.proposal] {
            #expect(throws: Refusal.noLeader) { try raft.step(message) }
        }
        #expect(!raft.hasReady)
    }

    /// It is carried out by an origin that leads meanwhile.
    @Test func comesBackToALeader() throws {
        var raft = try Self.node(voters: [1])
        raft.campaign()
        _ = Self.settle(&raft)
        try raft.step(Self.read)
        try raft.step(Self.proposal)
        let done = Self.settle(&raft)
        #expect(done.reads == [[7]] && done.committed.contains([5]))
    }

    /// What nobody sends on is nobody's own.
    @Test(arguments: [MessageKind.append, .heartbeat, .vote, .appendResponse, .timeoutNow])
    func othersAreRefused(_ kind: MessageKind) throws {
        var raft = try Self.node(voters: [1, 2, 3])
        #expect(throws: Refusal.malformed) { try raft.step(Message(kind, from: 1, to: 1, term: 1)) }
    }

    /// Does what the owner does until nothing is left.
    private static func settle(
        _ raft: inout Raft<MemoryLog>
    ) -> (reads: [[UInt8]], committed: [[UInt8]]) {
        var (reads, committed): ([[UInt8]], [[UInt8]]) = ([], [])
        while raft.hasReady {
            let ready = raft.ready()
            if !ready.hardState.isEmpty { raft.storage.hardState = ready.hardState }
            raft.storage.append(ready.entries)
            reads += ready.readStates.map(\.context)
            committed += ready.committed.map(\.data)
            raft.advance()
        }
        return (reads, committed)
    }
}
