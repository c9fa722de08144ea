internal import Clients
internal import Domain
internal import Foundation
internal import Gateway

/// The gateway of the demonstration with its directory, its certificates and everybody's ways to
/// it.
struct DemoStage: Sendable {
    let directory: String
    let isTemporary: Bool
    let files: CertificateFiles
    let gateway: any DemoGateway
    let operation: DemoConnection
    /// The second operator.
    let colleague: DemoConnection
    private let banks: [BIC: DemoConnection]
    /// Which nodes answered all of them.
    let tally: DemoTally

    /// The BIC under which the gateway sends messages.
    static let ownBIC = BIC("LANGCNB0")!

    /// Starts a gateway on private PostgreSQLs, with certificates for everybody.
    ///
    /// - Parameter directory: where certificates and databases lie; nil makes a temporary one.
    static func open(
        directory: String?, _ start: Demonstration.Start
    ) async throws -> DemoStage {
        let path = try directory.map { try made($0) } ?? temporaryDirectory()
        do {
            return try await open(path, isTemporary: directory == nil, start)
        } catch {
            // The first error is the one to tell.
            if directory == nil { try? FileManager.default.removeItem(atPath: path) }
            throw error
        }
    }

    private static func open(
        _ path: String, isTemporary: Bool, _ start: Demonstration.Start
    ) async throws -> DemoStage {
        let everybody = DemoWorld.banks.map(\.bic) + DemoWorld.correspondents
        let files = CertificateFiles(directory: "\(path)/certificates")
        _ = try files.make(
            banks: everybody, hosts: ["localhost"],
            addresses: ["127.0.0.1", "::1"])
        let gateway = try await start(path, files, ownBIC)
        let tally = DemoTally()
        func connection(_ name: String, _ turn: Int) -> DemoConnection {
            let addresses = gateway.nodes.map { node in
                (
                    node: node.number,
                    address: GatewayAddress(
                        host: "127.0.0.1", port: node.port, files: files, as: name)
                )
            }
            return DemoConnection(DemoWays(addresses, turn: turn % addresses.count, tally))
        }
        var banks: [BIC: DemoConnection] = [:]
        for (place, bank) in everybody.enumerated() {
            banks[bank] = connection(CertificateFiles.name(of: bank), place)
        }
        return DemoStage(
            directory: path, isTemporary: isTemporary, files: files, gateway: gateway,
            operation: connection(CertificateFiles.name(ofOperator: 0), 0),
            colleague: connection(CertificateFiles.name(ofOperator: 1), 1), banks: banks,
            tally: tally)
    }

    /// The connection with a bank's own certificate.
    func bank(_ bic: BIC) -> DemoConnection {
        // One was opened for every bank there is.
        banks[bic]!
    }

    /// Puts a bank on record.
    func register(_ bank: BIC, name: String) async throws {
        var participant = ProtoParticipant()
        participant.bic = bank.description
        participant.name = name
        participant.roles = [.payer, .liquidityProvider]
        let _: ProtoParticipant = try await operation.call(
            "OperatorService/RegisterParticipant", participant)
    }

    /// Books money that a bank brings.
    func fund(_ bank: BIC, _ amount: Money, _ note: String) async throws {
        var funding = ProtoFundRequest()
        funding.reference = UUID().uuidString.lowercased()
        funding.participant = bank.description
        funding.currency = amount.currency.code
        funding.amount = amount.decimal
        funding.note = note
        let _: ProtoCommandAnswer = try await operation.call("OperatorService/Fund", funding)
    }

    /// Stops everything and removes what was made for this run only.
    ///
    /// - Returns: the node's failure, if it had one.
    func close() async -> (any Error)? {
        for connection in banks.values { await connection.close() }
        await operation.close()
        await colleague.close()
        let failure = await gateway.stop()
        if isTemporary {
            do {
                try FileManager.default.removeItem(atPath: directory)
            } catch {
                return failure ?? error
            }
        }
        return failure
    }

    /// Others may pass through: as root, PostgreSQL runs under another account.
    private static var passable: [FileAttributeKey: Any] { [.posixPermissions: 0o711] }

    private static func made(_ directory: String) throws -> String {
        let url = URL(filePath: directory, directoryHint: .isDirectory)
        try FileManager.default.createDirectory(
            at: url, withIntermediateDirectories: true, attributes: passable)
        return url.standardizedFileURL.path(percentEncoded: false).trimmedOfSlash
    }

    private static func temporaryDirectory() throws -> String {
        let name = "langqiao-demo-\(UUID().uuidString.prefix(8).lowercased())"
        let url = FileManager.default.temporaryDirectory.appending(path: name)
        try FileManager.default.createDirectory(
            at: url, withIntermediateDirectories: false, attributes: passable)
        return url.path(percentEncoded: false).trimmedOfSlash
    }
}

extension String {
    fileprivate var trimmedOfSlash: String {
        hasSuffix("/") && count > 1 ? String(dropLast()) : self
    }
}
