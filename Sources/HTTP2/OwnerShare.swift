package import Shares

/// What one owner's connections use together, whatever their number. Found by the owner's name and
/// alive for as long as anything of his is: a connection, or work that outlives it.
package final class OwnerShare: Sendable {
    package let owner: Owner
    /// Commands, and reads, whose handlers may run at once; the others wait here. Commands never
    /// wait for reads.
    package let commands: Gate
    let reads: Gate
    /// Bytes of requests, from their arrival until their handlers have ended.
    package let requests: Budget
    /// Bytes of answers that wait to be sent.
    let output: Budget
    let memory: MemoryBounds
    /// Runs the handlers of the owner's requests; nil where they run on event loops.
    let executor: OwnerExecutor?

    package init(
        _ owner: Owner, _ memory: MemoryBounds, requests: Budget, output: Budget,
        executor: OwnerExecutor?
    ) {
        self.owner = owner
        self.memory = memory
        self.executor = executor
        self.requests = requests
        self.output = output
        commands = Gate(places: memory.commandsPerOwner)
        reads = Gate(places: memory.readsPerOwner)
    }
}

/// The shares in use, by owner.
struct OwnerShares {
    private struct Entry {
        weak var share: OwnerShare?
    }

    private let memory: MemoryBounds
    private let executors: FairExecutors?
    let requests: Budget
    let output: Budget
    private var entries: [String: Entry] = [:]
    private let anonymous: OwnerShare
    private var tidyAt = 64

    init(_ memory: MemoryBounds, _ executors: FairExecutors?) {
        self.memory = memory
        self.executors = executors
        requests = Budget(memory.requests, perOwner: memory.requestsPerOwner)
        output = Budget(memory.output, perOwner: memory.outputPerOwner)
        anonymous = OwnerShare(
            .nobody, memory, requests: requests, output: output, executor: executors?.executor())
    }

    /// The owner's share, made when nobody holds one.
    ///
    /// - Complexity: O(1), amortised over what is tidied up.
    mutating func share(of owner: String?) -> OwnerShare {
        guard let owner else { return anonymous }
        if let share = entries[owner]?.share { return share }
        if entries.count >= tidyAt { tidy() }
        let share = OwnerShare(
            Owner(owner), memory, requests: requests, output: output,
            executor: executors?.executor())
        entries[owner] = Entry(share: share)
        return share
    }

    /// Forgets whose shares are gone.
    private mutating func tidy() {
        entries = entries.filter { $0.value.share != nil }
        tidyAt = max(64, entries.count * 2)
    }
}
