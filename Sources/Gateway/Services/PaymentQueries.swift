internal import Domain
internal import Store
internal import SwiftProtobuf

/// Payments as the tables show them. All that an answer shows is of one moment.
extension Services {
    /// A payment with its fills from a place on; its creditor sees none.
    func getPayment(_ request: ProtoGetPaymentRequest, _ caller: Caller) async throws
        -> AnsweredPayment
    {
        let uetr = try Field.uetr(request.uetr, "uetr")
        let page = Page(request.fillsPageSize, default: Page.largestSize)
        let after = try Services.token(request.fillsPageToken, "fills_page_token") ?? 0
        let named = request.payer.isEmpty ? nil : try Field.bic(request.payer, "payer")
        let payer = named.map { directory.payer(namedBy: $0, caller.bank) ?? 0 }
        return try await read(.lookup, showing: uetr) { reader in
            let seen = try reader.payments(uetr).filter {
                view(of: $0.row, for: caller) != .none
                    && (payer == nil || payer == $0.row.payer)
            }
            guard let record = seen.first else {
                throw GatewayError(.notFound, "payment \(uetr)")
            }
            guard seen.count == 1 else { throw ambiguous(seen.map(\.row.payer)) }
            let seenAs = view(of: record.row, for: caller)
            let payment = AnsweredPayment(
                record.row, details: record.details, in: directory, as: seenAs)
            let followUp = try reader.followUp(of: record.row.id).map { row in
                let returns = try reader.returns(of: row.payment)
                return ProtoFollowUp(row, returns, try reader.orders(of: returns))
            }
            switch seenAs {
            case .none: throw GatewayError(.notFound, "payment \(uetr)")
            case .creditor: return payment.showing([], hasMore: false, followUp)
            case .payer:
                let found = try reader.fills(of: record.row, after: after, limit: page.size + 1)
                let (fills, hasMore) = page.cut(found)
                return payment.showing(fills, hasMore: hasMore, followUp)
            }
        }
    }

    /// Several banks pay under one UETR, and the caller may see more than one of the payments.
    func ambiguous(_ payers: [ParticipantID]) -> GatewayError {
        let names = payers.map { directory.bic(of: $0).description }
        return GatewayError(.paymentAmbiguous, "payer: one of \(names.joined(separator: ", "))")
    }

    func listPayments(
        _ request: ProtoListPaymentsRequest, _ caller: Caller
    ) async throws -> AnsweredPayments {
        let page = Page(request.pageSize)
        let before = try Services.token(request.pageToken, "page_token")
        let filter = try Services.filter(request)
        guard let list = try list(request, caller) else { return AnsweredPayments() }
        let isReduced = request.asCreditor && !caller.may(.seeEveryBank)
        return try await read(.list) { [directory] reader in
            let found = try reader.payments(list, filter, before: before, limit: page.size)
            var response = AnsweredPayments(next: found.next)
            var bytes = 0
            var last: PaymentID?
            for record in found.payments where !(isReduced && record.row.status == .rejected) {
                // Details may be long: a page is bounded in bytes as well.
                bytes += Services.listedBytes + (record.details?.utf8.count ?? 0)
                if bytes > Services.pageBytes, let last {
                    response.next = last
                    break
                }
                last = record.row.id
                response.payments.append(
                    AnsweredPayment(
                        record.row, details: record.details, in: directory,
                        as: isReduced ? .creditor : .payer))
            }
            return response
        }
    }

    /// Bytes of a page, and about those of a payment in it without its details.
    private static let pageBytes = 1_500_000
    private static let listedBytes = 800

    /// The number of the last row on the page before; nil for the first page.
    ///
    /// - Throws: `MALFORMED_REQUEST` naming the field.
    private static func token(_ text: String, _ field: String) throws(GatewayError) -> UInt64? {
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

/// As what a caller may see a payment.
package enum PaymentView: Sendable {
    case none
    case creditor
    case payer
}

extension Services {
    /// A bank sees what it or its indirect participants pay, and, in part, what they receive.
    func view(of row: PaymentRow, for caller: Caller) -> PaymentView {
        guard !caller.may(.seeEveryBank) else { return .payer }
        guard let own = caller.bank.flatMap({ directory.participant($0) })?.id else { return .none }
        if directory.settles(row.payer, through: own) { return .payer }
        // A refused order is between the gateway and the payer.
        guard row.status != .rejected else { return .none }
        return directory.settles(row.creditor, through: own) ? .creditor : .none
    }
}
