internal import Clients
internal import Domain
internal import Gateway

/// Everything that is known of one payment.
struct DemoHistory: Sendable {
    let entry: DemoDiary.Entry
    let payment: ProtoPayment
    /// The payment after each batch that changed it.
    let changes: [ProtoPayment]
    /// The ledger entries of its fills in which its payer or creditor takes part.
    let transfers: [ProtoTransfer]
    /// Whose account is which.
    let owners: [UInt32: String]

    /// Gathers the history over the API; nil when nothing was settled at all.
    static func read(_ diary: DemoDiary, _ stage: DemoStage) async throws -> DemoHistory? {
        guard let position = DemoSummary.example(diary) else { return nil }
        let payment = diary.payments[position]
        let accounts = diary.after.accounts.filter {
            ($0.participant, $0.currency) == (payment.payer, payment.payCurrency)
                || ($0.participant, $0.currency)
                    == (payment.creditorParticipant, payment.receiveCurrency)
        }
        let causes = payment.fills.map { "fill \($0.fillID)" }
        func place(_ transfer: ProtoTransfer) -> Int { causes.firstIndex(of: transfer.cause) ?? 0 }
        var transfers: [String: ProtoTransfer] = [:]
        for account in accounts {
            for transfer in try await self.transfers(account.accountID, stage)
            where causes.contains(transfer.cause) {
                // A payer's fee and leg, not those of the payment on the other side.
                let isTheirFee =
                    transfer.kind == "fee" && transfer.amount.currency != payment.payCurrency
                if !isTheirFee { transfers[transfer.transferID] = transfer }
            }
        }
        return DemoHistory(
            entry: diary.entries[position], payment: payment,
            changes: diary.changes(of: payment),
            transfers: transfers.values.sorted {
                (place($0), $0.transferID) < (place($1), $1.transferID)
            },
            owners: Dictionary(
                uniqueKeysWithValues: diary.after.accounts.map {
                    ($0.accountID, $0.participant.isEmpty ? $0.kind : $0.participant)
                }))
    }

    private static func transfers(
        _ account: UInt32, _ stage: DemoStage
    ) async throws -> [ProtoTransfer] {
        var transfers: [ProtoTransfer] = []
        var request = ProtoListTransfersRequest()
        request.accountID = account
        request.pageSize = 1_000
        repeat {
            let page: ProtoListTransfersResponse = try await stage.operation.call(
                "LedgerService/ListTransfers", request)
            transfers += page.transfers
            request.pageToken = page.nextPageToken
        } while !request.pageToken.isEmpty
        return transfers
    }
}
