/// The name of a cluster: 1 to 32 of a to z, 0 to 9 and `-`.
public struct ClusterName: Hashable, Sendable, CustomStringConvertible {
    public let description: String

    public init?(_ text: some StringProtocol) {
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        let isLegal = text.utf8.allSatisfy {
            letters.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "-")
        }
        guard isLegal, (1...32).contains(text.utf8.count) else { return nil }
        description = String(text)
    }
}

/// A node of a cluster, as its certificate names it: `urn:langqiao:node:CLUSTER/ID`.
public struct NodeName: Hashable, Sendable, CustomStringConvertible {
    public let cluster: ClusterName
    public let number: UInt64

    /// Numbers that nodes may have.
    public static let numbers: ClosedRange<UInt64> = 1...255

    private static let prefix = "urn:langqiao:node:"

    /// Nil when no node may have this number.
    public init?(cluster: ClusterName, number: UInt64) {
        guard NodeName.numbers.contains(number) else { return nil }
        self.cluster = cluster
        self.number = number
    }

    /// Nil for a URI that names no node, or names it otherwise than ``uri`` does.
    public init?(uri: String) {
        guard uri.hasPrefix(NodeName.prefix) else { return nil }
        let parts = uri.dropFirst(NodeName.prefix.count)
            .split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let cluster = ClusterName(parts[0]), let number = UInt64(parts[1]),
            let name = NodeName(cluster: cluster, number: number), name.uri == uri
        else { return nil }
        self = name
    }

    public var uri: String { "\(NodeName.prefix)\(cluster)/\(number)" }

    public var description: String { "node \(number) of \(cluster)" }
}
