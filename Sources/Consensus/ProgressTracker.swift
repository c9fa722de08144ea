/// The configuration in force, how far each member is, and the votes of the present campaign.
package struct ProgressTracker: Sendable {
    package private(set) var membership: Membership
    /// In the order of ids.
    package private(set) var progress: [Progress]
    let window: InflightWindow
    private var votes: [(voter: NodeID, granted: Bool)] = []

    package init(window: InflightWindow) {
        membership = Membership()
        progress = []
        self.window = window
    }

    /// Where a member stands in `progress`.
    func place(of id: NodeID) -> Int? { progress.firstIndex { $0.id == id } }

    func contains(_ id: NodeID) -> Bool { place(of: id) != nil }

    subscript(_ place: Int) -> Progress {
        get { progress[place] }
        _modify { yield &progress[place] }
    }

    package mutating func adopt(_ changer: MembershipChanger) {
        membership = changer.membership
        progress = changer.progress
    }

    /// A new term: nothing is known of the others.
    mutating func reset(self id: NodeID, lastIndex: UInt64) {
        votes = []
        for place in progress.indices {
            let old = progress[place]
            progress[place] = Progress(
                id: old.id, match: old.id == id ? lastIndex : 0, next: lastIndex + 1,
                isLearner: old.isLearner, window: window)
        }
    }

    /// The greatest index that the majorities have.
    func committedIndex(_ quorum: JointQuorum) -> UInt64 {
        quorum.committedIndex { id in place(of: id).map { progress[$0].match } }
    }

    /// Whether the members heard from lately are a quorum.
    var isQuorumActive: Bool {
        membership.quorum.voteResult { id in place(of: id).map { progress[$0].isRecentlyActive } }
            == .won
    }
}

/// Votes.
extension ProgressTracker {
    mutating func resetVotes() {
        votes = []
    }

    /// The first answer of a voter counts.
    mutating func record(_ voter: NodeID, granted: Bool) {
        if !votes.contains(where: { $0.voter == voter }) { votes.append((voter, granted)) }
    }

    func voteResult(_ quorum: JointQuorum) -> VoteResult {
        quorum.voteResult { id in votes.first { $0.voter == id }?.granted }
    }
}
