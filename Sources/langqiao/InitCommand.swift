internal import ArgumentParser
internal import Clients
internal import Domain
internal import Foundation

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make development certificates, and settings for a cluster.",
        discussion: """
            Run it again with other banks to add certificates under the same authority; files \
            that are there are kept. Keys are not encrypted: for development only.

            With --nodes also an authority of nodes, a certificate for each node, and settings \
            node1.json, node2.json, … for 'langqiao serve --config'. They put all nodes on this \
            machine unless --peer, once for each node, says where it is.
            """)

    @Option(help: ArgumentHelp("Where the files go.", valueName: "dir"))
    var certificates = CertificateFiles.defaultDirectory

    @Option(help: ArgumentHelp("A bank to make a certificate for; repeatable.", valueName: "bic"))
    var bank: [String] = []

    @Option(
        help: ArgumentHelp(
            "An operator's name; repeatable. A ledger begins with two.", valueName: "name"))
    var `operator` = CertificateFiles.defaultOperators.map(\.description)

    @Option(help: ArgumentHelp("Host names of the server; repeatable.", valueName: "name"))
    var host: [String] = ["localhost"]

    @Option(help: ArgumentHelp("IP addresses of the server; repeatable.", valueName: "address"))
    var address: [String] = ["127.0.0.1", "::1"]

    @Option(help: ArgumentHelp("Nodes of a cluster: 1, 3 or 5.", valueName: "count"))
    var nodes: Int?

    @Option(help: ArgumentHelp("The cluster's name (demo).", valueName: "name"))
    var cluster: String?

    @Option(help: ArgumentHelp("Where the settings of nodes go (.).", valueName: "dir"))
    var settings: String?

    @Option(
        help: ArgumentHelp(
            "Where a node listens for the others (127.0.0.1:7443, …); once for each node.",
            valueName: "host:port"))
    var peer: [String] = []

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        _ = try newCluster
        for text in bank where BIC(text) == nil {
            throw ValidationError("'\(text)' is no BIC of 8 or 11 capitals and digits")
        }
        for text in `operator` where OperatorName(text) == nil {
            throw ValidationError("'\(text)' is not 1 to 34 printable characters without spaces")
        }
        guard Set(`operator`).count == `operator`.count else {
            throw ValidationError("each operator has a name of his own")
        }
    }

    func run() throws {
        let files = CertificateFiles(directory: certificates)
        var made = try files.make(
            banks: bank.compactMap { BIC($0) },
            operators: `operator`.compactMap { OperatorName($0) }, hosts: host, addresses: address)
        if let cluster = try newCluster { made += try cluster.make() }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(["made": made]), as: UTF8.self))
        } else {
            for path in made { print("made \(path)") }
            if made.isEmpty { print("everything is there already") }
        }
    }

    /// What ``nodes`` and the options beside it ask for; nil when they are left out.
    private var newCluster: NewCluster? {
        get throws {
            guard let nodes else {
                guard cluster == nil, settings == nil, peer.isEmpty else {
                    throw ValidationError("--cluster, --settings and --peer go with --nodes")
                }
                return nil
            }
            guard ClusterSettings.sizes.contains(nodes) else {
                throw ValidationError("--nodes is 1, 3 or 5")
            }
            guard let name = ClusterName(cluster ?? "demo") else {
                throw ValidationError("--cluster is 1 to 32 of a to z, 0 to 9 and -")
            }
            return NewCluster(
                name: name, peers: peer.isEmpty ? NewCluster.usualPeers(nodes) : try peers(nodes),
                files: CertificateFiles(directory: certificates), directory: settings ?? ".")
        }
    }

    private func peers(_ nodes: Int) throws -> [PeerAddress] {
        let peers = try peer.map { text in
            guard let address = PeerAddress(text) else {
                throw ValidationError(
                    "--peer is HOST:PORT with a port from 1 to 65535, not '\(text)'")
            }
            return address
        }
        guard peers.count == nodes, Set(peers).count == nodes else {
            throw ValidationError("--peer is given once for each of the \(nodes) nodes")
        }
        return peers
    }
}
