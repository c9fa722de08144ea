package import Shares

/// What one owner's connections use together, whatever their number. Found by the owner's name, and
/// the same for as long as anything of his is alive: a connection, or work that outlives it.
package final class OwnerShare: Sendable {
    package let owner: Owner
    /// Commands, and reads, whose handlers may run at once; the others wait here. Commands never
    /// wait for reads.
    package let commands: Gate
    let reads: Gate
    /// Bytes of requests, from their arrival until their handlers have ended.
    package let requests: Account
    /// Bytes of answers that wait to be sent.
    let output: Account
    let memory: MemoryBounds

    package init(
        _ owner: Owner, _ memory: MemoryBounds, requests: Budget, output: Budget
    ) {
        self.owner = owner
        self.memory = memory
        self.requests = requests.account(of: owner)
        self.output = output.account(of: owner)
        commands = Gate(places: memory.commandsPerOwner)
        reads = Gate(places: memory.readsPerOwner)
    }
}

/// The shares in use, by owner.
struct OwnerShares {
    private let memory: MemoryBounds
    let requests: Budget
    let output: Budget
    private var shares = OwnerTable<OwnerShare>()
    private let anonymous: OwnerShare

    init(_ memory: MemoryBounds) {
        self.memory = memory
        requests = Budget(memory.requests, perOwner: memory.requestsPerOwner)
        output = Budget(memory.output, perOwner: memory.outputPerOwner)
        anonymous = OwnerShare(
            .nobody, memory, requests: requests, output: output)
    }

    /// The owner's share, made when there is none.
    ///
    /// - Complexity: O(1), amortised.
    mutating func share(of owner: String?) -> OwnerShare {
        guard let owner = owner.map({ Owner($0) }) else { return anonymous }
        return shares.value(of: owner) { [memory, requests, output] in
            OwnerShare(owner, memory, requests: requests, output: output)
        }
    }
}
