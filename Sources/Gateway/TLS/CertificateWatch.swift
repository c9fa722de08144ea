internal import Certificates
internal import Dispatch
internal import Foundation
package import HTTP2
package import Logging
internal import Synchronization

/// Keeps TLS as its files say: looks at them every two seconds and reads them when they changed.
///
/// Contents that do not fit together are logged, and what was in force stays so. Files are read on
/// a queue of its own, never on an event loop.
package final class CertificateWatch<TLS: Sendable>: Sendable {
    private struct Shared {
        var material: TLSMaterial<TLS>
        var stamps: [FileStamp]
        var apply: (@Sendable (TLS) -> Void)?
        /// What the log was told of overdue lists.
        var overdue: [String] = []
    }

    private static var period: DispatchTimeInterval { .seconds(2) }

    private let sources: CertificateSources<TLS>
    private let logger: Logger
    private let queue = DispatchQueue(label: "certificates")
    private let shared: Mutex<Shared>

    /// Reads the files.
    ///
    /// - Throws: when they do not fit together.
    package init(_ sources: CertificateSources<TLS>, logger: Logger) throws {
        let stamps = sources.stamps
        let material = try sources.material(try sources.read())
        self.sources = sources
        self.logger = logger
        shared = Mutex(Shared(material: material, stamps: stamps))
        warn(of: material)
    }

    /// What is in force.
    package var tls: TLS { shared.withLock { $0.material.tls } }

    /// Begins to look; `apply` is called with what is to be used from then on.
    package func begin(_ apply: @escaping @Sendable (TLS) -> Void) {
        shared.withLock { $0.apply = apply }
        lookLater()
    }

    /// Looks no more. Waits for a look that is under way.
    package func end() {
        queue.sync { shared.withLock { $0.apply = nil } }
    }

    /// Reads the files now, whether they changed or not.
    package func reload() {
        queue.async { [self] in read(sources.stamps) }
    }

    private func lookLater() {
        queue.asyncAfter(deadline: .now() + Self.period) { [weak self] in
            guard let self, shared.withLock({ $0.apply != nil }) else { return }
            look()
            lookLater()
        }
    }

    private func look() {
        let stamps = sources.stamps
        let hasChanged = shared.withLock { $0.stamps != stamps }
        if hasChanged { read(stamps) } else { warnOfOverdueLists() }
    }

    /// - Parameter stamps: of the files as they are read, taken before; files that cannot be read
    ///   now are tried again at the next look.
    private func read(_ stamps: [FileStamp]) {
        guard
            let (old, apply) = shared.withLock({ state in
                state.apply.map { (state.material, $0) }
            })
        else { return }
        do {
            let contents = try sources.read()
            shared.withLock { $0.stamps = stamps }
            let material = try sources.material(contents, instead: old)
            shared.withLock { $0.material = material }
            apply(material.tls)
            logger.info(
                "certificates read",
                metadata: ["changed": "\(material.contents != old.contents)"])
            warn(of: material)
        } catch {
            logger.error(
                "certificates do not fit; the old ones stay in force",
                metadata: ["error": "\(error)"])
        }
    }

    private func warn(of material: TLSMaterial<TLS>) {
        for warning in material.trust.warnings {
            logger.warning("certificates", metadata: ["warning": "\(warning)"])
        }
        shared.withLock { $0.overdue = [] }
        warnOfOverdueLists()
    }

    /// Once for each list.
    private func warnOfOverdueLists() {
        let news = shared.withLock { state in
            let overdue = state.material.trust.overdueLists
            defer { state.overdue = overdue }
            return overdue.filter { !state.overdue.contains($0) }
        }
        for warning in news {
            logger.warning("revocation list is overdue", metadata: ["list": "\(warning)"])
        }
    }
}

extension CertificateWatch: MutualTLSSource where TLS == MutualTLS {
    package var server: ServerTLS { tls.server }
    package var client: ClientTLS { tls.client }

    package func begin(_ apply: @escaping @Sendable (ServerTLS, ClientTLS) -> Void) {
        begin { apply($0.server, $0.client) }
    }
}
