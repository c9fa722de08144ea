internal import Domain

extension SetCorridorCalendars: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        guard var row = ledger.corridors[foreign].pointee.row else {
            return .refused(.corridorUnknown)
        }
        let haveCalendars =
            ledger.calendars.isInForce(.cny) && ledger.calendars.isInForce(foreign)
        guard !follows || haveCalendars else { return .refused(.calendarMissing) }
        guard row.followsCalendars != follows else { return .repetition }

        // From here on it must succeed.
        row.followsCalendars = follows
        ledger.store(row)
        return .accepted
    }
}
