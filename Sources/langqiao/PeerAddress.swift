internal import Foundation

/// Where a node listens for the others of its cluster: `HOST:PORT`, with IPv6 addresses in
/// brackets.
struct PeerAddress: Hashable, Sendable, CustomStringConvertible {
    /// A name or an IP address, without brackets.
    let host: String
    let port: Int

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Nil for text that is no host with a port from 1 to 65535.
    init?(_ text: some StringProtocol) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(digits),
            (1...65_535).contains(port), let host = PeerAddress.host(String(text[..<colon]))
        else { return nil }
        self.init(host: host, port: port)
    }

    /// A host without its brackets; nil when it is none.
    static func host(_ text: String) -> String? {
        if text.hasPrefix("["), text.hasSuffix("]") {
            let address = String(text.dropFirst().dropLast())
            return isIPv6(address) ? address : nil
        }
        let isName = text.utf8.allSatisfy {
            ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A || (0x30...0x39).contains($0)
                || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
        }
        guard isName, (1...253).contains(text.utf8.count), !text.hasPrefix("-"),
            !text.hasPrefix(".")
        else { return nil }
        return text
    }

    private static func isIPv6(_ text: String) -> Bool {
        var bytes = in6_addr()
        return inet_pton(AF_INET6, text, &bytes) == 1
    }

    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
