internal import Clients
internal import Domain
internal import Foundation

/// The files of a new cluster for development: certificates of its nodes, settings for each, and
/// the directories that remember their logs, which must exist before a node starts.
struct NewCluster {
    let name: ClusterName
    /// Where each node listens for the others, from node 1 on.
    let peers: [PeerAddress]
    let files: CertificateFiles
    /// Where the settings go.
    let directory: String

    static let firstPeerPort = 7_443
    static let firstPort = 8_443

    /// Where nodes listen when nothing is said: all on this machine.
    static func usualPeers(_ count: Int) -> [PeerAddress] {
        (0..<count).map { PeerAddress(host: "127.0.0.1", port: firstPeerPort + $0) }
    }

    /// Makes what is missing and gives the paths of what is new.
    ///
    /// - Throws: as ``CertificateFiles/make(nodes:)``.
    func make() throws -> [String] {
        let nodes = peers.enumerated().compactMap { place, peer in
            NodeName(cluster: name, number: UInt64(place + 1)).map { (name: $0, host: peer.host) }
        }
        var made = try files.make(nodes: nodes)
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        for (node, _) in nodes {
            let file = "node\(node.number).json"
            let path = directory == "." ? file : "\(directory)/\(file)"
            if !FileManager.default.fileExists(atPath: path) {
                try settings(node.number).write(to: URL(fileURLWithPath: path), options: .atomic)
                made.append(path)
            }
            let memory = NewCluster.memory(of: node.number)
            if !FileManager.default.fileExists(atPath: memory) {
                try FileManager.default.createDirectory(
                    atPath: memory, withIntermediateDirectories: true)
                made.append(memory)
            }
        }
        return made
    }

    private static func data(of node: UInt64) -> String { "langqiao-data/node\(node)" }
    private static func memory(of node: UInt64) -> String { "\(data(of: node))-memory" }

    private func settings(_ node: UInt64) throws -> Data {
        try NodeSettings(
            cluster: name.description, node: node, peers: NodeSettings.list(peers),
            port: NewCluster.firstPort + Int(node) - 1, data: NewCluster.data(of: node),
            memory: NewCluster.memory(of: node), certificates: files.directory
        ).file()
    }
}

/// What a node's file of settings says; the rest is as usual.
struct NodeSettings: Encodable {
    let cluster: String
    let node: UInt64
    let peers: String
    let port: Int
    /// Of a PostgreSQL of the node's own.
    var data: String?
    /// Of one that somebody else runs.
    var database: String?
    let memory: String
    let certificates: String

    /// All nodes, from node 1 on, as the setting `peers` has them.
    static func list(_ peers: [PeerAddress]) -> String {
        peers.enumerated().map { "\($0 + 1)=\($1)" }.joined(separator: ",")
    }

    /// UTF-8 JSON, as `langqiao serve --config` reads it.
    func file() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(["langqiao": self])
    }
}
