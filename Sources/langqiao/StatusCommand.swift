internal import ArgumentParser
internal import Clients
internal import Gateway
internal import SwiftProtobuf
internal import Terminal

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show a payment, or list the newest ones.")

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The payment's UETR; all of the caller's when left out.")
    var uetr: String?

    @Option(help: "Whose payment, where several banks pay under this UETR.")
    var payer = ""

    @Option(help: ArgumentHelp("Only payments at this status, such as PDNG.", valueName: "code"))
    var status = ""

    @Option(help: "How many to list.")
    var count: UInt32 = 20

    func run() async throws {
        if let uetr { try await show(uetr) } else { try await list() }
    }

    private func show(_ uetr: String) async throws {
        let payment = try await connection.connected { try await whole(uetr, $0) }
        if connection.json { try printJSON(payment) } else { print(payment.text) }
    }

    /// The payment with the fills of all pages: what the last one says of it holds for all.
    private func whole(_ uetr: String, _ api: APIClient) async throws -> ProtoPayment {
        var request = ProtoGetPaymentRequest()
        request.uetr = uetr
        request.payer = payer
        var fills: [ProtoFill] = []
        while true {
            var payment: ProtoPayment = try await api.call("PaymentService/GetPayment", request)
            fills += payment.fills
            request.fillsPageToken = payment.nextFillsPageToken
            guard request.fillsPageToken.isEmpty else { continue }
            payment.fills = fills
            return payment
        }
    }

    private func list() async throws {
        var request = ProtoListPaymentsRequest()
        request.status = status
        request.pageSize = count
        let list: ProtoListPaymentsResponse = try await connection.connected { [request] in
            try await $0.call("PaymentService/ListPayments", request)
        }
        if connection.json { return try printJSON(list) }
        var table = TextTable([
            ("uetr", .left), ("status", .left), ("from", .left), ("to", .left), ("paid", .right),
            ("received", .right),
        ])
        for payment in list.payments {
            table.add([
                payment.uetr, payment.status, payment.payer, payment.creditorParticipant,
                payment.paid.text, payment.received.text,
            ])
        }
        print(table.text)
    }
}
