internal import Clients
internal import Domain
internal import Gateway
internal import HTTP2

/// The cluster of a gateway and its own place there: the settings `cluster`, `node`, `peers` and
/// those of the node's certificate. Without them it is a cluster of one.
struct ClusterSettings: Sendable {
    /// A node of the cluster, and where the others reach it.
    struct Peer: Equatable, Sendable {
        let id: UInt64
        let host: String
        let port: Int
    }

    let name: ClusterName
    /// This node's own number.
    let node: UInt64
    /// Every node, this one too, by number.
    let peers: [Peer]
    /// Where this node listens for the others.
    let listenHost: String
    let listenPort: Int
    /// The files that TLS between nodes is made of.
    let sources: CertificateSources<MutualTLS>

    /// How many nodes a cluster may have.
    static let sizes = [1, 3, 5]
}

extension ClusterSettings {
    /// Reads the settings.
    ///
    /// - Parameters:
    ///   - text: what a setting was given, by its key.
    ///   - files: where the node's certificate is, unless it is named.
    /// - Returns: nil when no cluster is named.
    /// - Throws: ``SettingsError`` naming the key that makes no sense or is missing.
    static func read(
        _ files: CertificateFiles, _ text: (String) -> String?
    ) throws(SettingsError) -> ClusterSettings? {
        let needed = ["cluster", "node", "peers"]
        let missing = needed.filter { text($0) == nil }
        guard missing.count < needed.count else {
            let others = ["peer-host", "node-certificate", "node-key", "node-authority"]
            guard let stray = others.first(where: { text($0) != nil }) else { return nil }
            throw SettingsError("\(stray) is for a cluster; give cluster, node and peers too")
        }
        guard let cluster = text("cluster"), let node = text("node"), let peers = text("peers")
        else {
            throw SettingsError(
                "\(missing.joined(separator: " and ")) missing: cluster, node and peers go together"
            )
        }
        return try make(
            name: try name(cluster), node: try number(node), peers: try self.peers(peers),
            files, text)
    }

    private static func make(
        name: ClusterName, node: UInt64, peers: [Peer], _ files: CertificateFiles,
        _ text: (String) -> String?
    ) throws(SettingsError) -> ClusterSettings {
        guard let own = peers.first(where: { $0.id == node }) else {
            throw SettingsError("peers must have an entry of this node, \(node), too")
        }
        let file = CertificateFiles.name(ofNode: node)
        return ClusterSettings(
            name: name, node: node, peers: peers,
            listenHost: try text("peer-host").map(host) ?? own.host, listenPort: own.port,
            sources: .node(
                certificate: text("node-certificate") ?? files.certificate(file),
                key: text("node-key") ?? files.key(file),
                authority: text("node-authority")
                    ?? files.certificate(CertificateFiles.nodeAuthority)))
    }

    private static func name(_ text: String) throws(SettingsError) -> ClusterName {
        guard let name = ClusterName(text) else {
            throw SettingsError("cluster must be 1 to 32 of a to z, 0 to 9 and -, not '\(text)'")
        }
        return name
    }

    private static func number(_ text: String) throws(SettingsError) -> UInt64 {
        guard let number = UInt64(text), NodeName.numbers.contains(number) else {
            throw SettingsError("node must be a whole number from 1 to 255, not '\(text)'")
        }
        return number
    }

    private static func host(_ text: String) throws(SettingsError) -> String {
        let isBare = text.contains(":") && !text.hasPrefix("[")
        guard let host = PeerAddress.host(isBare ? "[\(text)]" : text) else {
            throw SettingsError("peer-host must be a name or an IP address, not '\(text)'")
        }
        return host
    }

    /// `1=HOST:PORT,2=HOST:PORT,…`
    private static func peers(_ text: String) throws(SettingsError) -> [Peer] {
        var peers: [Peer] = []
        for entry in text.split(separator: ",", omittingEmptySubsequences: false) {
            let peer = try peer(entry)
            guard !peers.contains(where: { $0.id == peer.id }) else {
                throw SettingsError("peers names node \(peer.id) twice")
            }
            guard !peers.contains(where: { $0.host == peer.host && $0.port == peer.port }) else {
                throw SettingsError(
                    "peers has \(PeerAddress(host: peer.host, port: peer.port)) twice")
            }
            peers.append(peer)
        }
        guard sizes.contains(peers.count) else {
            throw SettingsError("peers must name 1, 3 or 5 nodes, not \(peers.count)")
        }
        return peers.sorted { $0.id < $1.id }
    }

    private static func peer(_ entry: Substring) throws(SettingsError) -> Peer {
        let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let id = UInt64(parts[0]), NodeName.numbers.contains(id),
            let address = PeerAddress(parts[1])
        else {
            throw SettingsError(
                "peers must be of the form 1=HOST:PORT,2=HOST:PORT,… with numbers from 1 to 255 "
                    + "and ports from 1 to 65535, not '\(entry)'")
        }
        return Peer(id: id, host: address.host, port: address.port)
    }
}
