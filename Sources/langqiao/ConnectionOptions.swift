internal import ArgumentParser
internal import Foundation
internal import Gateway
internal import HTTP2
internal import NIOCore
internal import NIOPosix
internal import SwiftProtobuf

/// How a command reaches a gateway and as whom.
struct ConnectionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The gateway's host."))
    var host = "localhost"

    @Option(help: ArgumentHelp("The gateway's port."))
    var port = 8_443

    @Option(help: ArgumentHelp("Directory of certificates made by init.", valueName: "dir"))
    var certificates = CertificateFiles.defaultDirectory

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp(
            "Whose certificate to use: a bank's BIC, or 'operator'.", valueName: "who"))
    var caller: String

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        let file = files.certificate(name)
        guard FileManager.default.fileExists(atPath: file) else {
            throw ValidationError("there is no certificate \(file); make one with 'langqiao init'")
        }
    }

    private var name: String { caller == "operator" ? caller : "bank-\(caller)" }
    private var files: CertificateFiles { CertificateFiles(directory: certificates) }

    /// Connects, makes the calls of `body`, and disconnects. Refusals become exit code 1, a gateway
    /// that cannot be reached 69.
    func connected<Value: Sendable>(
        _ body: (APIClient) async throws -> Value
    ) async throws -> Value {
        do {
            let client = try await connect()
            do {
                let value = try await body(APIClient(client))
                await client.close()
                return value
            } catch {
                await client.close()
                throw error
            }
        } catch {
            throw report(error)
        }
    }

    /// A connection with the caller's certificate.
    ///
    /// - Throws: `HTTP2Error`, or what is wrong with the certificate.
    func connect() async throws -> Client {
        let tls = try ClientTLS(
            rootsPath: files.certificate("ca"), chainPath: files.certificate(name),
            keyPath: files.key(name))
        var limits = HTTP2.Limits()
        // Answers in bulk flow as fast as the connection does.
        limits.streamWindow = limits.connectionWindow
        return try await Client.connect(
            host: host, port: port, tls: tls, group: MultiThreadedEventLoopGroup.singleton,
            limits: limits)
    }

    /// Prints why a call had no success, and gives the exit code for it.
    func report(_ error: any Error) -> any Error {
        switch error {
        case let status as GRPCStatus:
            Failure.print(status.message, code: status.resultName, json: json)
            return ExitCode(status.code == .unavailable ? 69 : 1)
        case let error as HTTP2Error:
            Failure.print(
                "no answer from \(host):\(port): \(error)", code: "UNREACHABLE", json: json)
            return ExitCode(69)
        default:
            return error
        }
    }
}

/// Calls of the API over gRPC.
struct APIClient: Sendable {
    private let client: GRPCClient

    init(_ client: Client) {
        self.client = GRPCClient(client)
    }

    /// One unary call, with a deadline of half a minute.
    ///
    /// - Throws: `GRPCStatus` with the gateway's refusal, `HTTP2Error` without an answer.
    func call<Output: Message>(_ method: String, _ input: some Message) async throws -> Output {
        let bytes: [UInt8] = try input.serializedBytes()
        let answer = try await client.unary(
            "/langqiao.v1.\(method)", ByteBuffer(bytes: bytes), timeout: .seconds(30))
        return try Output(serializedBytes: Array(answer.message.readableBytesView))
    }

    /// Starts a streaming call, without a deadline.
    ///
    /// - Throws: as ``call(_:_:)``.
    func open(_ method: String) async throws -> GRPCClientCall {
        try await client.open("/langqiao.v1.\(method)")
    }
}

extension GRPCStatus {
    /// The result code in the details; the status's own name when there are none.
    var resultName: String {
        guard let details, let rich = try? RPCStatus(serializedBytes: details),
            let any = rich.details.first, let result = try? ProtoResult(unpackingAny: any)
        else { return "\(code)" }
        return result.code
    }
}

/// Prints why a command failed, to standard error.
enum Failure {
    static func print(_ message: String, code: String, json: Bool) {
        var line = "error: \(message)"
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let data = try? encoder.encode(["error": message, "code": code])
            line = data.map { String(decoding: $0, as: UTF8.self) } ?? line
        }
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }
}

/// Prints a message as one line of JSON.
func printJSON(_ message: some Message) throws {
    print(try message.jsonString())
}
