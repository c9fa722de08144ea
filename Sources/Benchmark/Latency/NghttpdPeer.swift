internal import Clients
internal import Foundation
internal import LoadClient
internal import Shares

/// A server of files over HTTP/2 with TLS. It does not ask for a client's certificate, which is
/// looked at once a connection and not with each call; so `h2load` can load it, too.
struct NghttpdPeer {
    /// `nghttpd 1.52.0`.
    let name: String
    private let target: LoadTarget
    private let bytes: Int
    private let directory: String

    private static let path = "/payment.json"

    /// - Parameter content: of the file: an answer of the gateway.
    /// - Throws: ``PeerSkipped`` when it is not installed.
    static func start(
        in path: String, _ files: CertificateFiles, content: [UInt8],
        _ undo: inout [@Sendable () async -> Void]
    ) async throws -> NghttpdPeer {
        let program = try Programs.find("nghttpd", package: "nghttp2-server")
        let port = try FreePorts.take(1)[0]
        let directory = "\(path)/nghttpd"
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        try Data(content).write(to: URL(filePath: directory + NghttpdPeer.path))
        let server = try ForeignServer.start(
            program,
            [
                "--address", LoadTarget.host, "--htdocs", directory, "\(port)", files.key("server"),
                files.certificate("server"),
            ], log: "\(path)/nghttpd.log", &undo)
        let target = LoadTarget(
            port: port,
            identities: [LoadIdentity(authority: files.certificate("ca"), own: nil)])
        return try await server.wait("nghttpd") {
            let page = OnePage(NghttpdPeer.path, authority: target.authority)
            let answer = try await target.run(
                page, connections: 1,
                LoadPace(.closed(inFlight: 1), warmingNanoseconds: 0, nanoseconds: 1_000_000_000))
            guard answer.calls.body == content else { return nil }
            return NghttpdPeer(
                name: "nghttpd \(Programs.version(program))", target: target,
                bytes: content.count, directory: path)
        }
    }

    func measure(connections: Int, _ pace: LoadPace) async throws -> LatencyResult {
        let calls = FileCalls(NghttpdPeer.path, bytes: bytes, authority: target.authority)
        return try await target.run(calls, connections: connections, pace).result
    }

    /// The same calls by `h2load`: what the load itself costs shows beside it.
    ///
    /// - Throws: ``PeerSkipped`` when it is not installed.
    func measureByH2load(
        connections: Int, inFlight: Int, _ pace: LoadPace
    ) async throws -> LatencyResult {
        let program = try Programs.find("h2load", package: "nghttp2-client")
        let log = "\(directory)/h2load.log"
        try? FileManager.default.removeItem(atPath: log)
        func milliseconds(_ nanoseconds: UInt64) -> String { "\(nanoseconds / 1_000_000)ms" }
        let arguments = [
            "-c\(connections)", "-m\(max(1, inFlight / connections))",
            "-D\(milliseconds(pace.nanoseconds))",
            "--warm-up-time=\(milliseconds(max(1_000_000, pace.warmingNanoseconds)))",
            "--log-file=\(log)", "https://\(target.authority)\(NghttpdPeer.path)",
        ]
        return try await WorkerThread.run("h2load") {
            _ = try Programs.output(program, arguments)
            var tally = LoadTally()
            var (count, first, last) = (0, UInt64.max, UInt64(0))
            for line in try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n") {
                // When it began, the status, and how long it took; both times in microseconds.
                let fields = line.split(separator: "\t")
                guard fields.count >= 3, fields[1] == "200", let began = UInt64(fields[0]),
                    let took = UInt64(fields[2])
                else { continue }
                (count, first, last) = (count + 1, min(first, began), max(last, began + took))
                tally.answered(after: took * 1_000, isMeasured: true, nil)
            }
            return tally.result(seconds: count == 0 ? 0 : Double(last - first) / 1e6)
        }
    }
}
