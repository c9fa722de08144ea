/// Whom a verifier believes: a KEYS file, which is a C2SP tlog-policy of keys of one suite. It is
/// obtained outside, and says alone which suite holds.
///
/// Every node of a ledger has a `log` line of its own, whose name is the origin. How many of them
/// must have signed is the majority of those whose keys are valid for the tree, or what a line says
/// that other programs read as a remark:
///
///     #langqiao:nodes COUNT
///     #langqiao:valid IDENTIFIER FROM UNTIL      sizes of trees, FROM in and UNTIL out
///     #langqiao:revoked IDENTIFIER TIME          seconds since 1970
package struct TrustPolicy: Equatable, Sendable {
    package internal(set) var logs: [TrustedKey] = []
    package internal(set) var witnesses: [TrustedKey] = []
    /// Groups of witnesses, each before those that it is a member of.
    var groups: [WitnessGroup] = []
    /// The place among ``witnesses`` and ``groups``; nil when no cosignature is asked for.
    var quorum: Member?
    /// Nodes that must have signed; nil for the majority.
    package internal(set) var nodes: Int?

    package static let mostBytes = 131_072
    package static let mostEntries = 64

    enum Member: Hashable, Sendable {
        case witness(Int)
        case group(Int)
    }

    struct WitnessGroup: Equatable, Sendable {
        var threshold: Int
        var members: [Member]
    }

    /// Whose forms are spoken.
    package var suite: Suite { logs.first?.verifier.key.suite ?? .intl }

    /// Nodes of this origin whose keys are valid for a tree of this size.
    package func nodes(of origin: KeyName, size: UInt64) -> [TrustedKey] {
        logs.filter { $0.verifier.name == origin && $0.sizes.contains(size) }
    }

    /// How many of these nodes must have signed.
    package func nodesNeeded(of count: Int) -> Int { nodes ?? count / 2 + 1 }

    /// Whether cosignatures of these witnesses, by their places, are enough.
    package func isQuorum(_ signed: Set<Int>) -> Bool {
        guard let quorum else { return true }
        var reached: [Bool] = []
        func counts(_ member: Member) -> Bool {
            switch member {
            case .witness(let place): signed.contains(place)
            case .group(let place): reached[place]
            }
        }
        for group in groups {
            reached.append(group.members.count(where: counts) >= group.threshold)
        }
        return counts(quorum)
    }
}

/// A key that a verifier believes, and how far.
package struct TrustedKey: Equatable, Sendable {
    package let verifier: VerifierKey
    /// Of which trees it may sign checkpoints: by their sizes.
    package internal(set) var sizes: Range<UInt64> = 0..<UInt64.max
    /// When it was revoked, seconds since 1970; nil when it is not. From then on others may sign
    /// with it, and write other times.
    package internal(set) var revoked: UInt64?
}
