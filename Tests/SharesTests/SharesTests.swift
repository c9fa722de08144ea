internal import Chance
import Dispatch
import Glibc
import Shares
import Synchronization
import Testing

/// The reference: for every owner a plain list, and turns by counting.
private struct PlainQueue {
    var lines: [(owner: Owner, elements: [Int], running: Int)] = []
    let capacity: Int
    let perOwner: Int
    var count: Int { lines.reduce(0) { $0 + $1.elements.count } }

    mutating func add(_ element: Int, for owner: Owner) -> Bool {
        let place = lines.firstIndex { $0.owner == owner }
        let own = place.map { lines[$0].elements.count } ?? 0
        guard own < perOwner, own < capacity - count else { return false }
        if let place {
            lines[place].elements.append(element)
            // Who had nothing waiting queues up behind everybody else.
            if own == 0 { lines.append(lines.remove(at: place)) }
        } else {
            lines.append((owner, [element], 0))
        }
        return true
    }

    mutating func next(limit: Int) -> (owner: Owner, element: Int)? {
        guard
            let place = lines.firstIndex(where: { !$0.elements.isEmpty && $0.running < limit })
        else { return nil }
        var line = lines.remove(at: place)
        let element = line.elements.removeFirst()
        line.running += 1
        lines.append(line)
        return (line.owner, element)
    }

    mutating func finished(_ owner: Owner) {
        guard let place = lines.firstIndex(where: { $0.owner == owner }) else { return }
        lines[place].running -= 1
    }
}

@Suite("What is shared out among owners")
struct SharesTests {
    @Test("A fair queue does what a plain one does", arguments: 0..<20)
    func queueAgainstPlain(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let capacity = Int.random(in: 1...40, using: &random)
        let perOwner = Int.random(in: 1...20, using: &random)
        var queue = FairQueue<Int>(capacity: capacity, perOwner: perOwner)
        var plain = PlainQueue(capacity: capacity, perOwner: perOwner)
        var taken: [Owner] = []
        for element in 0..<2_000 {
            let owner = Owner("bank \(Int.random(in: 0..<5, using: &random))")
            switch Int.random(in: 0..<5, using: &random) {
            case 0...2:
                let (one, other) = (
                    queue.add(element, for: owner), plain.add(element, for: owner)
                )
                #expect(one == other)
            case 3:
                let limit = Int.random(in: 1...3, using: &random)
                let (one, other) = (queue.next(limit: limit), plain.next(limit: limit))
                #expect(one?.owner == other?.owner && one?.element == other?.element)
                if let one { taken.append(one.owner) }
            default:
                guard let owner = taken.popLast() else { continue }
                queue.finished(owner)
                plain.finished(owner)
            }
            #expect(queue.count == plain.count, "seed \(seed)")
        }
    }

    @Test("The wait of one owner does not depend on how much another has waiting")
    func turns() {
        var queue = FairQueue<Int>(capacity: 10_000, perOwner: 5_000)
        let (greedy, modest) = (Owner("greedy"), Owner("modest"))
        for element in 0..<4_000 { _ = queue.add(element, for: greedy) }
        _ = queue.add(-1, for: modest)
        #expect(queue.count == 4_001)
        let served = [queue.next()?.element, queue.next()?.element]
        #expect(served == [0, -1])
    }

    @Test("An element can be taken out of the middle, and its owner's turn with it")
    func removal() {
        var queue = FairQueue<Int>(capacity: 10, perOwner: 10)
        let (one, other) = (Owner("one"), Owner("other"))
        for element in [1, 2, 3] { _ = queue.add(element, for: one) }
        _ = queue.add(4, for: other)
        let removed = [
            queue.remove(of: one) { $0 == 2 }, queue.remove(of: one) { $0 == 2 },
            queue.remove(of: other) { $0 == 4 },
        ]
        #expect(removed == [2, nil, 4])
        let served = (0..<3).map { _ in queue.next()?.element }
        #expect(served == [1, 3, nil])
        #expect(queue.count == 0)
    }

    @Test("Greedy owners leave as much free as each of them has")
    func budget() {
        let budget = Budget(1_000, perOwner: 600)
        let owners = (0..<4).map { budget.account(of: Owner("greedy \($0)")) }
        var moved = true
        while moved {
            moved = false
            for owner in owners where owner.take(1) { moved = true }
        }
        let free = budget.units - budget.inUse
        #expect(owners.allSatisfy { abs($0.inUse - free) <= 4 })
        #expect(budget.account(of: Owner("late")).take(free - 4))
        #expect(budget.refusals > 0)
    }

    @Test("What is held is given back, also under a ceiling that refuses")
    func holding() throws {
        let budget = Budget(100, perOwner: 100)
        let account = budget.account(of: Owner("bank"))
        do {
            let holding = try Holding(account, within: Ceiling(30), first: 10)
            try holding.grow(by: 20)
            #expect(throws: BudgetExceeded.self) { try holding.grow(by: 1) }
            holding.shrink(by: 5)
            try holding.grow(by: 5)
            #expect(holding.units == 30 && account.inUse == 30)
        }
        #expect(budget.inUse == 0)
    }

    @Test("A gate lets in as many as it has places, and forgets who left the line")
    func gate() async throws {
        let gate = Gate(places: 1)
        try await gate.enter()
        let passed = Flag()
        let gone = Task { try await gate.enter() }
        gone.cancel()
        await #expect(throws: CancellationError.self) { try await gone.value }
        let waiting = (0..<3).map { _ in Task { try await gate.pass { passed.clear() } } }
        for _ in 0..<100 { await Task.yield() }
        #expect(passed.isSet, "nobody passes while the place is taken")
        gate.leave()
        for task in waiting { try await task.value }
        #expect(!passed.isSet)
        try await gate.pass {}
    }

    @Test(
        "Workers serve owners in turns, one thread each, and let go what is cancelled",
        .timeLimit(.minutes(1)))
    func workers() async throws {
        let workers = try FairWorkers<Int>(
            .init(threads: 2, waiting: 100, waitingPerOwner: 10, threadsPerOwner: 1)
        ) { _ in 0 }
        let greedy = Owner("greedy")
        let hold = Flag()
        let (started, start) = AsyncStream<Void>.makeStream()
        let blocking = Task {
            try await workers.run(for: greedy) { _, _ in
                start.yield()
                while hold.isSet {}
            }
        }
        for await _ in started { break }
        let queued = (0..<10).map { _ in
            Task { try await workers.run(for: greedy) { state, _ in state += 1 } }
        }
        while workers.waitingCount < 10 { await Task.yield() }
        await #expect(throws: FairWorkers<Int>.Refusal.full) {
            try await workers.run(for: greedy) { _, _ in }
        }
        // The other thread is free, but not for the greedy one.
        #expect(try await workers.run(for: Owner("modest")) { _, _ in 7 } == 7)
        #expect(workers.waitingCount == 10)
        queued[4].cancel()
        await #expect(throws: CancellationError.self) { try await queued[4].value }
        #expect(workers.waitingCount == 9)
        hold.clear()
        try await blocking.value
        for (place, task) in queued.enumerated() where place != 4 { try await task.value }
        await withCheckedContinuation { continuation in workers.close { continuation.resume() } }
        await #expect(throws: FairWorkers<Int>.Refusal.closed) {
            try await workers.run(for: greedy) { _, _ in }
        }
    }
}

private final class Flag: Sendable {
    private let value = Mutex(true)
    var isSet: Bool { value.withLock { $0 } }
    func clear() { value.withLock { $0 = false } }
}

@Suite("Turns by the time that work takes") struct TimeSharesTests {
    /// Parties that always have work get the same time, whatever a piece of each costs.
    @Test func whoAlwaysHasWorkGetsTheSameTime() {
        let costs: [Int64] = [1, 7, 100, 1_000]
        var shares = TimeShares()
        var had: [TimeShares.Party: (cost: Int64, time: Int64)] = [:]
        for cost in costs {
            let party = shares.join()
            had[party] = (cost, 0)
            for _ in 0..<200_000 / cost + 1_000 { shares.add(to: party) }
        }
        for _ in 0..<100_000 {
            guard let party = shares.next(), let cost = had[party]?.cost else { break }
            shares.charge(cost, to: party)
            had[party]?.time += cost
        }
        let times = had.values.map(\.time).sorted()
        #expect(times.count == costs.count)
        // At no time is anybody ahead by more than a piece of the dearest and one of his own.
        #expect(times[3] - times[0] <= 2 * 1_000, "\(times)")
    }

    /// Whoever comes is next, or next but one, however long others have had the time to themselves;
    /// and they owe him nothing for it.
    @Test func nobodyOwesForTimeThatNobodyWanted() {
        var shares = TimeShares()
        let (old, new) = (shares.join(), shares.join())
        for _ in 0..<1_000 {
            shares.charge(1_000_000, to: old, hasWaited: false)
        }
        for _ in 0..<10 {
            shares.add(to: old)
            shares.add(to: new)
        }
        var order: [Bool] = []
        while let party = shares.next() {
            order.append(party == old)
            shares.charge(100, to: party)
        }
        #expect(order.count == 20)
        // The last piece of `old` cost a million; behind it both have the same.
        #expect(order.prefix(10).filter { !$0 }.count >= 9, "\(order)")
    }

    @Test func whoGivesUpOrLeavesIsNotServed() {
        var shares = TimeShares()
        let (one, other) = (shares.join(), shares.join())
        for _ in 0..<3 {
            shares.add(to: one)
            shares.add(to: other)
        }
        shares.remove(2, of: other)
        var served: [TimeShares.Party] = []
        while let party = shares.next() {
            served.append(party)
            shares.charge(1, to: party)
        }
        #expect(served.filter { $0 == one }.count == 3)
        #expect(served.filter { $0 == other }.count == 1)
        shares.add(to: one)
        shares.leave(one)
        let next = shares.next()
        #expect(shares.isEmpty)
        #expect(next == nil)
        #expect(shares.join() == one, "the place is free again")
    }
}

@Suite struct WorkClockTests {
    /// Nanoseconds that this thread has run.
    private func ownTime() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    /// What a piece is charged is what it did, not how long it was interrupted.
    @Test func sleepIsNoWork() {
        var clock = WorkClock()
        clock.start()
        usleep(50_000)
        #expect(clock.lap() < 25_000_000)
    }

    /// Work counts, and no piece for more than it was under way.
    @Test func workCounts() {
        var clock = WorkClock()
        clock.start()
        let begun = clock.now
        let end = ownTime() + 5_000_000
        while ownTime() < end {}
        let time = clock.lap()
        #expect(time >= 4_000_000)
        #expect(time <= clock.now - begun)
    }
}
