internal import Domain
internal import Store
internal import SwiftProtobuf

/// Pages of payments, as the tables show them. All that an answer shows is of one moment.
extension Services {
    func listPayments(
        _ request: ProtoListPaymentsRequest, _ caller: Caller
    ) async throws -> ListedPayments {
        let page = Page(request.pageSize)
        let before = try Services.token(request.pageToken, "page_token")
        let filter = try Services.filter(request)
        let day = try Services.day(request)
        guard let list = try list(request, caller) else { return ListedPayments() }
        let view: PaymentView =
            request.asCreditor && !caller.may(.seeEveryBank) ? .creditor : .payer
        try await refresh()
        if day == nil, let recent = node.recent {
            let known = try await compute(.long) { [self] in
                recentPage(recent, list, filter, before, page, view)
            }
            if let known { return known }
        }
        return try await read(.list) { [self] reader in
            guard let filter = try Services.filter(filter, on: day, reader) else {
                throw GatewayError(.notFound, "day \(request.day) of \(request.currency)")
            }
            let found = try reader.payments(list, filter, before: before, limit: page.size)
            return listed(found.payments.map(\.row), found.next, view) { place in
                let record = found.payments[place]
                return (shown(record), record.details?.utf8.count ?? 0, record.date)
            }
        }
    }

    /// The page from memory; nil when the tables have to be asked.
    private func recentPage(
        _ recent: RecentPayments, _ list: PaymentList, _ filter: PaymentFilter, _ before: UInt64?,
        _ page: Page, _ view: PaymentView
    ) -> ListedPayments? {
        recent.page(list, below: before ?? .max, limit: page.size) { filter.passes($0) }
            .map { found in
                listed(found.payments.map(\.row), found.next, view) { place in
                    let payment = found.payments[place]
                    return (
                        shown(payment.details, of: payment.row), payment.details.count,
                        payment.date
                    )
                }
            }
    }

    /// - Parameter details: of the row at a place, the bytes of their text, and its date.
    private func listed(
        _ rows: [PaymentRow], _ next: PaymentID?, _ view: PaymentView,
        details: (Int) -> (AnsweredPayment.Details, Int, DatedPaymentRow?)
    ) -> ListedPayments {
        var listed = ListedPayments(next: next)
        var bytes = 0
        var last: PaymentID?
        for (place, row) in rows.enumerated() where view == .payer || row.status != .rejected {
            let (details, size, date) = details(place)
            // Details may be long: a page is bounded in bytes as well.
            bytes += Services.listedBytes + size
            if bytes > Services.pageBytes, let last {
                listed.next = last
                break
            }
            last = row.id
            listed.payments.append(answer(row, details, view, date: date))
        }
        return listed
    }

    /// Bytes of a page, and about those of a payment in it without its details.
    private static let pageBytes = 1_500_000
    private static let listedBytes = 800

    /// The number of the last row on the page before; nil for the first page.
    ///
    /// - Throws: `MALFORMED_REQUEST` naming the field.
    static func token(_ text: String, _ field: String) throws(GatewayError) -> UInt64? {
        guard !text.isEmpty else { return nil }
        guard let last = UInt64(text), last <= Int64.max else {
            throw Field.malformed(field, "must come from an earlier page", text)
        }
        return last
    }

    private static func filter(
        _ request: ProtoListPaymentsRequest
    ) throws(GatewayError) -> PaymentFilter {
        var filter = PaymentFilter()
        if !request.status.isEmpty {
            guard let status = PaymentStatus(code: request.status) else {
                throw Field.malformed("status", "must be a code such as ACSC", request.status)
            }
            filter.status = status
        }
        if !request.foreignCurrency.isEmpty {
            filter.foreign = try Field.foreign(request.foreignCurrency, "foreign_currency")
        }
        return filter
    }

    /// The business day whose payments are wanted; nil when any may be.
    private static func day(
        _ request: ProtoListPaymentsRequest
    ) throws(GatewayError) -> (currency: Currency, name: DayName)? {
        guard !request.day.isEmpty || !request.currency.isEmpty else { return nil }
        let currency = try Field.currency(request.currency, "currency")
        return (currency, try Field.day(request.day, "day"))
    }

    /// The filter for payments that move the day's currency and were taken on it; nil when there is
    /// no such day.
    private static func filter(
        _ filter: PaymentFilter, on day: (currency: Currency, name: DayName)?,
        _ reader: LedgerReader
    ) throws -> PaymentFilter? {
        guard let (currency, name) = day else { return filter }
        guard let found = try reader.businessDay(currency, name) else { return nil }
        var filter = filter
        filter.acceptedFrom = found.row.began
        filter.acceptedBefore = found.next?.began
        if currency != .cny {
            guard filter.foreign == nil || filter.foreign == currency else {
                throw Field.malformed(
                    "currency", "must be CNY or that of the corridor", currency.code)
            }
            filter.foreign = currency
        }
        return filter
    }

    /// Whose payments the caller lists; nil when that participant is not on record.
    private func list(
        _ request: ProtoListPaymentsRequest, _ caller: Caller
    ) throws(GatewayError) -> PaymentList? {
        let bic: BIC
        if caller.may(.seeEveryBank) {
            if request.participant.isEmpty { return .all }
            bic = try Field.bic(request.participant, "participant")
        } else {
            bic = try participant(caller)
            guard request.participant.isEmpty || isSame(request.participant, as: bic) else {
                throw GatewayError(.permissionDenied, "participants list their own payments")
            }
        }
        guard let id = directory.participant(bic)?.id else { return nil }
        return request.asCreditor ? .received(by: id) : .paid(by: id)
    }
}

extension Services {
    /// Whether a text is a BIC that means the same participant as the other.
    func isSame(_ text: String, as bic: BIC) -> Bool {
        guard let named = BIC(text) else { return false }
        let own = directory.participant(bic)?.id
        return named == bic || own != nil && directory.participant(named)?.id == own
    }
}

extension RecordedDetails {
    /// Bytes of the text.
    fileprivate var count: Int {
        if case .text(let text) = self { text.count } else { 0 }
    }
}

extension PaymentFilter {
    /// Whether a payment in this state is meant.
    fileprivate func passes(_ row: PaymentRow) -> Bool {
        (status == nil || status == row.status) && (foreign == nil || foreign == row.foreign)
    }
}
