internal import ArgumentParser
internal import Clients
internal import Foundation
internal import HTTP2
internal import SwiftProtobuf
internal import Terminal

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
            "Whose certificate to use: a bank's BIC, 'operator' or 'second-operator'.",
            valueName: "who"))
    var caller: String

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        let file = files.certificate(name)
        guard FileManager.default.fileExists(atPath: file) else {
            throw ValidationError("there is no certificate \(file); make one with 'langqiao init'")
        }
    }

    private var name: String { caller.hasSuffix("operator") ? caller : "bank-\(caller)" }
    private var files: CertificateFiles { CertificateFiles(directory: certificates) }

    var address: GatewayAddress {
        GatewayAddress(host: host, port: port, files: files, as: name)
    }

    /// Connects, makes the calls of `body`, and disconnects. Refusals become exit code 1, a gateway
    /// that cannot be reached 69.
    func connected<Value: Sendable>(
        _ body: (APIClient) async throws -> Value
    ) async throws -> Value {
        do {
            let client = try await address.connectForBulk()
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

    /// Prints why a call had no success, and gives the exit code for it.
    private func report(_ error: any Error) -> any Error {
        guard let failure = CallFailure(error, from: address) else { return error }
        Failure.print(failure.message, code: failure.code, json: json)
        return ExitCode(failure.isUnanswered ? 69 : 1)
    }
}

/// Prints a message as one line of JSON.
func printJSON(_ message: some Message) throws {
    print(try message.jsonString())
}
