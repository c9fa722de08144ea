/// What one owner's connections use together, whatever their number. Found by the owner's name and
/// alive for as long as anything of his is: a connection, or work that outlives it.
package final class OwnerShare: Sendable {
    /// The owner as the server's configuration names him; nil stands for all unknown callers.
    package let owner: String?

    init(_ owner: String?) {
        self.owner = owner
    }
}

/// The shares in use, by owner.
struct OwnerShares {
    private struct Entry {
        weak var share: OwnerShare?
    }

    private var entries: [String: Entry] = [:]
    private let anonymous = OwnerShare(nil)

    /// The owner's share, made when nobody holds one.
    ///
    /// - Complexity: O(1), amortised over what is tidied up.
    mutating func share(of owner: String?) -> OwnerShare {
        guard let owner else { return anonymous }
        if let share = entries[owner]?.share { return share }
        if entries.count >= tidyAt { tidy() }
        let share = OwnerShare(owner)
        entries[owner] = Entry(share: share)
        return share
    }

    private var tidyAt = 64

    /// Forgets whose shares are gone.
    private mutating func tidy() {
        entries = entries.filter { $0.value.share != nil }
        tidyAt = max(64, entries.count * 2)
    }
}
