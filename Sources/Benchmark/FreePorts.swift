internal import Foundation

/// Ports of this machine at which nobody listens.
package enum FreePorts {
    /// They are free when this returns; who wants them should not wait.
    ///
    /// - Throws: when the system gives none.
    package static func take(_ count: Int) throws -> [Int] {
        var sockets: [Int32] = []
        // Open until all are known: so they differ.
        defer { for socket in sockets { close(socket) } }
        return try (0..<count).map { _ in
            let place = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(O_CLOEXEC), 0)
            guard place >= 0 else { throw StageError("the system gives no socket") }
            sockets.append(place)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let isBound = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(place, $0, length) == 0 && getsockname(place, $0, &length) == 0
                }
            }
            guard isBound else { throw StageError("the system gives no port") }
            return Int(UInt16(bigEndian: address.sin_port))
        }
    }
}
