internal import Chance
internal import Consensus
internal import Testing

/// The pure parts against slow, obvious references, with fixed seeds.
@Suite struct PropertyTests {
    private static func randomNodes(_ random: inout SplitMix64, below bound: Int) -> NodeSet {
        NodeSet((0..<random.below(bound)).map { _ in NodeID(1 + random.below(8)) })
    }

    @Test func nodeSetIsASortedSet() {
        var random = SplitMix64(seed: 1)
        for _ in 0..<2_000 {
            var nodes = NodeSet()
            var reference: Set<NodeID> = []
            for _ in 0..<random.below(20) {
                let id = NodeID(random.below(10))
                if random.below(3) == 0 {
                    nodes.remove(id)
                    reference.remove(id)
                } else {
                    nodes.insert(id)
                    reference.insert(id)
                }
                #expect(nodes.ids == reference.sorted())
            }
            let other = Self.randomNodes(&random, below: 8)
            #expect(nodes.union(other).ids == reference.union(other).sorted())
        }
    }

    /// The index that a majority has reached stands in the middle of the sorted indices.
    @Test func committedIndexIsTheMedian() {
        var random = SplitMix64(seed: 2)
        func reference(_ voters: NodeSet, _ indices: [NodeID: UInt64]) -> UInt64 {
            if voters.isEmpty { return .max }
            let sorted = voters.map { indices[$0] ?? 0 }.sorted(by: >)
            return sorted[sorted.count / 2]
        }
        for _ in 0..<20_000 {
            let incoming = Self.randomNodes(&random, below: 9)
            let outgoing = Self.randomNodes(&random, below: 9)
            var indices: [NodeID: UInt64] = [:]
            for id in NodeID(1)...8 where random.below(4) > 0 {
                indices[id] = UInt64(random.below(6))
            }
            let quorum = JointQuorum(incoming: incoming, outgoing: outgoing)
            let expected = min(reference(incoming, indices), reference(outgoing, indices))
            #expect(quorum.committedIndex { indices[$0] } == expected)
        }
    }

    /// Votes are won when they are won however the missing ones fall, and lost likewise.
    @Test func voteResultForeseesEveryOutcome() {
        var random = SplitMix64(seed: 3)
        func isWon(_ voters: NodeSet, _ yes: Set<NodeID>) -> Bool {
            voters.isEmpty || voters.ids.count(where: yes.contains) * 2 > voters.count
        }
        for _ in 0..<3_000 {
            let incoming = Self.randomNodes(&random, below: 7)
            let outgoing = Self.randomNodes(&random, below: 7)
            var votes: [NodeID: Bool] = [:]
            for id in incoming.union(outgoing) where random.below(3) > 0 {
                votes[id] = random.below(2) == 0
            }
            let yes = Set(votes.filter(\.value).keys)
            let missing = incoming.union(outgoing).filter { votes[$0] == nil }
            let outcomes = Set(
                (0..<1 << missing.count).map { bits in
                    let late = missing.indices.filter { bits >> $0 & 1 == 1 }.map { missing[$0] }
                    let all = yes.union(late)
                    return isWon(incoming, all) && isWon(outgoing, all)
                })
            let expected: VoteResult =
                outcomes.count == 2 ? .pending : outcomes.contains(true) ? .won : .lost
            let quorum = JointQuorum(incoming: incoming, outgoing: outgoing)
            let result = quorum.voteResult { votes[$0] }
            #expect(result == expected)
        }
    }

    @Test func changesSurviveEncoding() {
        var random = SplitMix64(seed: 4)
        for _ in 0..<5_000 {
            let steps = (0..<random.below(6)).map { _ in
                MembershipChange.Step(
                    .init(rawValue: UInt8(random.below(4))) ?? .remove, random.next())
            }
            let change = MembershipChange(
                steps, transition: .init(rawValue: UInt8(random.below(3))) ?? .auto,
                context: (0..<random.below(5)).map { _ in UInt8(random.below(256)) })
            #expect(MembershipChange(encoded: change.encoded) == change)
        }
    }

    /// Whatever is accepted is exactly what encoding makes.
    @Test func randomBytesAreNoChanges() {
        var random = SplitMix64(seed: 5)
        var accepted = 0
        for _ in 0..<200_000 {
            var bytes = (0..<random.below(40)).map { _ in UInt8(random.below(256)) }
            // Random lengths alone would hardly ever get past the first check.
            for place in bytes.indices.prefix(3) { bytes[place] = UInt8(random.below(3)) }
            guard let change = MembershipChange(encoded: bytes) else { continue }
            accepted += 1
            #expect(change.encoded == bytes)
        }
        #expect(accepted > 1_000)
    }
}

/// Windows and logs.
extension PropertyTests {
    @Test func inflightsAreAQueue() {
        var random = SplitMix64(seed: 7)
        for _ in 0..<300 {
            let window = InflightWindow(
                messages: 1 + random.below(20), bytes: UInt64(1 + random.below(500)))
            var ring = Inflights(window)
            var queue: [(lastIndex: UInt64, bytes: UInt64)] = []
            var last: UInt64 = 0
            for _ in 0..<200 {
                switch random.below(12) {
                case 0:
                    ring.removeAll()
                    queue = []
                case 1...5:
                    let upTo = UInt64(random.below(Int(last) + 2))
                    ring.release(upTo: upTo)
                    queue.removeAll { $0.lastIndex <= upTo }
                default:
                    last += UInt64(1 + random.below(3))
                    let bytes = UInt64(random.below(100))
                    ring.add(lastIndex: last, bytes: bytes)
                    queue.append((last, bytes))
                }
                let isFull =
                    queue.count >= window.messages
                    || queue.reduce(0) { $0 + $1.bytes } >= window.bytes
                #expect(ring.count == queue.count && ring.isFull == isFull)
            }
        }
    }

    private static func randomEntries(
        _ random: inout SplitMix64, from first: UInt64, term: UInt64
    ) -> [Entry] {
        (0..<UInt64(random.below(5))).map { place in
            let data = [UInt8](repeating: UInt8(place), count: random.below(30))
            return Entry(term: term, index: first + place, data: data)
        }
    }

    @Test func memoryLogIsAnArrayBehindABase() {
        var random = SplitMix64(seed: 6)
        for _ in 0..<300 {
            var log = MemoryLog()
            // The entry at index i stands at place i; place 0 is the empty beginning.
            var whole = [Entry()]
            var base = 0
            for term in 1..<UInt64(40) {
                switch random.below(5) {
                case 0:
                    base += random.below(whole.count - base)
                    log.compact(upTo: UInt64(base))
                case 1 where random.below(4) == 0:
                    let index = UInt64(whole.count + random.below(3))
                    log.install(Snapshot(index: index, term: term, membership: Membership()))
                    while whole.count <= index { whole.append(Entry(term: term)) }
                    base = Int(index)
                default:
                    let first = UInt64(1 + random.below(whole.count))
                    let new = Self.randomEntries(&random, from: first, term: term)
                        .filter { $0.index > base }
                    log.append(new)
                    if let first = new.first { whole.removeSubrange(Int(first.index)...) }
                    whole += new
                }
                Self.compare(log, whole, base, &random)
            }
        }
    }

    private static func compare(
        _ log: MemoryLog, _ whole: [Entry], _ base: Int, _ random: inout SplitMix64
    ) {
        #expect(log.firstIndex == UInt64(base + 1) && log.lastIndex == UInt64(whole.count - 1))
        for index in 0..<whole.count + 2 {
            let expected: TermLookup =
                index < base
                ? .compacted : index < whole.count ? .term(whole[index].term) : .unavailable
            #expect(log.term(at: UInt64(index)) == expected)
        }
        let lower = random.below(whole.count + 1)
        let upper = lower + random.below(whole.count + 2 - lower)
        let maxBytes = UInt64(random.below(200))
        let found = log.entries(UInt64(lower)..<UInt64(upper), maxBytes: maxBytes)
        if lower <= base || upper > whole.count {
            #expect(found == nil)
        } else {
            let all = whole[lower..<upper]
            var fitting = Array(all.prefix(1))
            for entry in all.dropFirst() {
                if fitting.reduce(entry.byteCount, { $0 + $1.byteCount }) > maxBytes { break }
                fitting.append(entry)
            }
            #expect(found == fitting)
        }
    }
}
