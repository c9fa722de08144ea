internal import Domain

extension FundNostro: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        funding.book(on: &ledger, at: nostro, attachment)
    }
}
