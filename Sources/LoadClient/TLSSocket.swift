internal import COpenSSL
internal import CWaiting
internal import Glibc

/// Why a server could not be loaded, or no longer.
package struct LoadError: Error, CustomStringConvertible, Sendable {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Whom the load trusts, and who it says it is: paths of PEM files.
package struct LoadIdentity: Sendable {
    let authority: String
    let own: (certificate: String, key: String)?

    /// - Parameters:
    ///   - authority: signed the server's certificate.
    ///   - own: nil for a server that asks for none.
    package init(authority: String, own: (certificate: String, key: String)?) {
        self.authority = authority
        self.own = own
    }
}

/// One TLS connection by OpenSSL over a socket that does not block once it is connected.
///
/// Belongs to one thread. This file is the only one here that touches OpenSSL's pointers.
final class TLSSocket {
    let descriptor: Int32
    private let context: OpaquePointer
    private let connection: OpaquePointer
    private let arrived: UnsafeMutableRawBufferPointer

    /// What one call takes from the system and from TLS: four records of the greatest size.
    private static let bufferBytes = 65_536
    private static let patienceSeconds = 10

    /// Connects to an IPv4 address of this form: `127.0.0.1`.
    ///
    /// - Throws: ``LoadError``, also for a server that is not who its certificate says it is.
    init(_ host: String, port: Int, _ identity: LoadIdentity) throws {
        signal(SIGPIPE, SIG_IGN)  // A server that is gone is an error, not the end.
        context = try TLSSocket.context(identity)
        guard let connection = SSL_new(context) else { throw LoadError("out of memory") }
        self.connection = connection
        arrived = .allocate(byteCount: TLSSocket.bufferBytes, alignment: 16)
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(O_CLOEXEC), 0)
        try open(host, port)
    }

    deinit {
        SSL_shutdown(connection)
        SSL_free(connection)
        SSL_CTX_free(context)
        arrived.deallocate()
        if descriptor >= 0 { close(descriptor) }
    }

    private static func context(_ identity: LoadIdentity) throws -> OpaquePointer {
        guard let context = SSL_CTX_new(TLS_client_method()) else {
            throw LoadError("out of memory")
        }
        func control(_ command: Int32, _ value: Int) { SSL_CTX_ctrl(context, command, value, nil) }
        control(SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_2_VERSION))
        control(SSL_CTRL_SET_READ_AHEAD, 1)
        control(
            SSL_CTRL_MODE,
            Int(SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER))
        SSL_CTX_set_default_read_buffer_len(context, bufferBytes)
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        let protocols: [UInt8] = [2] + Array("h2".utf8)
        SSL_CTX_set_alpn_protos(context, protocols, UInt32(protocols.count))
        var isRead = SSL_CTX_load_verify_locations(context, identity.authority, nil) == 1
        if let own = identity.own {
            isRead =
                isRead && SSL_CTX_use_certificate_chain_file(context, own.certificate) == 1
                && SSL_CTX_use_PrivateKey_file(context, own.key, SSL_FILETYPE_PEM) == 1
        }
        guard isRead else {
            SSL_CTX_free(context)
            throw LoadError("the certificates cannot be read")
        }
        return context
    }

    private func open(_ host: String, _ port: Int) throws {
        guard descriptor >= 0 else { throw LoadError("the system gives no socket") }
        var one: Int32 = 1
        setsockopt(
            descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        var patience = timeval(tv_sec: TLSSocket.patienceSeconds, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(
                descriptor, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        inet_pton(AF_INET, host, &address.sin_addr)
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { throw LoadError("nobody listens at \(host):\(port)") }
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection), host)
        SSL_set_fd(connection, descriptor)
        ERR_clear_error()
        guard SSL_connect(connection) == 1 else { throw failure("the handshake failed") }
        var name: UnsafePointer<UInt8>?
        var length: UInt32 = 0
        SSL_get0_alpn_selected(connection, &name, &length)
        guard length == 2 else { throw LoadError("the server does not speak HTTP/2") }
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }

    /// Hands over all that has arrived, piece by piece.
    ///
    /// - Throws: ``LoadError`` when the connection has ended, or what `take` throws.
    func receive(_ take: (UnsafeRawBufferPointer) throws -> Void) throws {
        repeat {
            ERR_clear_error()
            let count = SSL_read(connection, arrived.baseAddress, Int32(arrived.count))
            guard count > 0 else {
                if SSL_get_error(connection, count) == SSL_ERROR_WANT_READ { return }
                throw failure("the connection has ended")
            }
            try take(UnsafeRawBufferPointer(rebasing: arrived[..<Int(count)]))
        } while SSL_has_pending(connection) == 1
    }

    /// Sends what the system takes now.
    ///
    /// - Returns: how many of the bytes that was.
    /// - Throws: ``LoadError`` when the connection has ended.
    func send(_ bytes: UnsafeRawBufferPointer) throws -> Int {
        var sent = 0
        while sent < bytes.count {
            ERR_clear_error()
            let rest = bytes.count - sent
            let count = SSL_write(connection, bytes.baseAddress.map { $0 + sent }, Int32(rest))
            guard count > 0 else {
                if SSL_get_error(connection, count) == SSL_ERROR_WANT_WRITE { return sent }
                throw failure("the connection has ended")
            }
            sent += Int(count)
        }
        return sent
    }

    /// With the library's own reason, when it has one.
    private func failure(_ what: String) -> LoadError {
        guard let reason = ERR_reason_error_string(ERR_get_error()) else { return LoadError(what) }
        return LoadError("\(what): \(String(cString: reason))")
    }
}
