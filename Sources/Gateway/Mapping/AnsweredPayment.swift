package import Domain
package import Store
internal import SwiftProtobuf

/// A payment as a call answers with it, from what the ledger knows of it.
package struct AnsweredPayment: Sendable {
    /// The fills that are shown, of which a page holds so many.
    private enum Fills {
        /// As the batch of a new payment has them, both sides of each.
        case settled(ArraySlice<FillRow>)
        case shown(ArraySlice<PaymentFill>)
    }

    /// What the order says beside what the engine reads of it.
    private enum Details {
        case none
        case stated(ProtoPaymentDetails)
        /// As JSON; empty when they were erased.
        case recorded(String)
    }

    let row: PaymentRow
    private let payer: BIC
    /// Nobody when the creditor is not on record, whoever was named.
    private let creditor: BIC
    private let view: PaymentView
    private let details: Details
    private var fills = Fills.shown([])
    private var hasMoreFills = false
    private var followUp: ProtoFollowUp?

    private init(
        _ row: PaymentRow, payer: BIC, creditor: BIC, _ view: PaymentView, _ details: Details
    ) {
        self.row = row
        self.payer = payer
        self.creditor = row.creditor == 0 ? .none : creditor
        self.view = view
        self.details = details
    }

    /// A new payment as its order was answered, from the batch that carried the order out.
    ///
    /// - Parameter fills: all of the payment.
    package init(
        _ row: PaymentRow, payer: BIC, creditor: BIC, fills: [FillRow],
        details: ProtoPaymentDetails?
    ) {
        self.init(
            row, payer: payer, creditor: creditor, .payer, details.map { .stated($0) } ?? .none)
        let page = Page(0, default: Page.largestSize).cut(fills)
        self.fills = .settled(page.rows)
        hasMoreFills = page.hasMore
    }

    /// A payment on record without its fills.
    ///
    /// - Parameter details: that came with the order, as recorded.
    package init(
        _ row: PaymentRow, payer: BIC, creditor: BIC, details: String?, as view: PaymentView
    ) {
        self.init(
            row, payer: payer, creditor: creditor, view, details.map { .recorded($0) } ?? .none)
    }

    /// The same with the parties that the row names by number.
    init(_ row: PaymentRow, details: String? = nil, in directory: Directory, as view: PaymentView) {
        self.init(
            row, payer: directory.bic(of: row.payer), creditor: directory.bic(of: row.creditor),
            details: details, as: view)
    }

    /// The same with one page of its fills and with what followed.
    package func showing(
        _ fills: ArraySlice<PaymentFill>, hasMore: Bool, _ followUp: ProtoFollowUp?
    ) -> AnsweredPayment {
        var payment = self
        payment.fills = .shown(fills)
        payment.hasMoreFills = hasMore
        payment.followUp = followUp
        return payment
    }
}

extension AnsweredPayment: WrittenAnswer {
    var size: Int { 1_024 + 320 * fillCount }

    private var fillCount: Int {
        switch fills {
        case .settled(let fills): fills.count
        case .shown(let fills): fills.count
        }
    }

    /// The last fill shown, if there are more.
    private var nextFills: FillID? {
        guard hasMoreFills else { return nil }
        switch fills {
        case .settled(let fills): return fills.last?.id
        case .shown(let fills): return fills.last?.id
        }
    }

    private var fixedCurrency: Currency {
        row.fixed == .pay ? row.payCurrency : row.receiveCurrency
    }

    /// The fields of a `Payment`. Its creditor does not see what only the payer's side may: its
    /// rate, fee, holds and fills.
    func write<Fields: FieldWriter & ~Copyable>(to fields: inout Fields) throws {
        try writeHead(&fields)
        writeTerms(&fields)
        writeState(&fields)
        try writeRest(&fields)
    }

    private func writeHead<Fields: FieldWriter & ~Copyable>(_ fields: inout Fields) throws {
        fields.text(1, "uetr") { $0.add(row.uetr) }
        if row.id != 0 { fields.number(2, "paymentId", row.id) }
        fields.text(3, "status") { $0.add(row.status.code) }
        if view == .payer { fields.text(4, "endReason") { $0.add(row.endReason.name) } }
        try fields.result(5, "result", row.code)
        fields.text(6, "payer") { $0.add(payer) }
        if creditor != .none { fields.text(7, "creditorParticipant") { $0.add(creditor) } }
    }

    private func writeTerms<Fields: FieldWriter & ~Copyable>(_ fields: inout Fields) {
        let isPayer = view == .payer
        fields.text(8, "payCurrency") { $0.add(row.payCurrency.code) }
        fields.text(9, "receiveCurrency") { $0.add(row.receiveCurrency.code) }
        switch row.fixed {
        case .pay:
            if isPayer { fields.text(10, "payAmount") { $0.add(row.amount, row.payCurrency) } }
        case .receive:
            fields.text(11, "receiveAmount") { $0.add(row.amount, row.receiveCurrency) }
        }
        if isPayer, row.statedLimit != .none {
            fields.text(12, "limitRate") { $0.add(row.statedLimit) }
        }
        fields.word(
            13, "timeInForce", ProtoTimeInForce(row.timeInForce).rawValue,
            row.timeInForce.wireName)
        if row.expiresAt != 0, row.expiresAt != .never {
            fields.time(14, "expiresAt", row.expiresAt)
        }
        fields.word(
            15, "fillPolicy", ProtoFillPolicy(row.fillPolicy).rawValue, row.fillPolicy.wireName)
        if isPayer, row.minimumFill != 0 {
            fields.text(16, "minimumFill") { $0.add(row.minimumFill, fixedCurrency) }
        }
    }

    private func writeState<Fields: FieldWriter & ~Copyable>(_ fields: inout Fields) {
        if view == .payer { fields.money(17, "paid", row.paid, row.payCurrency) }
        fields.money(18, "received", row.received, row.receiveCurrency)
        if view == .payer {
            fields.money(19, "fee", row.fee, row.payCurrency)
            fields.money(20, "held", row.held, row.payCurrency)
            fields.text(21, "remaining") { $0.add(row.remaining, fixedCurrency) }
        }
        fields.time(22, "acceptedAt", row.acceptedAt)
        fields.time(23, "updatedAt", row.updatedAt)
        if view == .payer, fillCount > 0 {
            fields.messages(24, "fills", fillCount) { fields, place in write(place, &fields) }
        }
    }

    /// The fields of a `Fill`.
    private func write<Fields: FieldWriter & ~Copyable>(_ place: Int, _ fields: inout Fields) {
        switch fills {
        case .settled(let fills):
            let fill = fills[fills.startIndex + place]
            let renminbi = (fill.renminbiAmount, fill.renminbiFee)
            let foreign = (fill.foreignAmount, fill.foreignFee)
            let (paid, received) =
                row.side == .payRenminbi ? (renminbi, foreign) : (foreign, renminbi)
            write(
                PaymentFill(
                    id: fill.id, timestamp: fill.timestamp, rate: fill.rate, paid: paid.0,
                    received: received.0, fee: paid.1), &fields)
        case .shown(let fills):
            write(fills[fills.startIndex + place], &fields)
        }
    }

    private func write<Fields: FieldWriter & ~Copyable>(
        _ fill: PaymentFill, _ fields: inout Fields
    ) {
        fields.number(1, "fillId", fill.id)
        fields.time(2, "time", fill.timestamp)
        fields.text(3, "rate") { $0.add(fill.rate) }
        fields.money(4, "paid", fill.paid, row.payCurrency)
        fields.money(5, "received", fill.received, row.receiveCurrency)
        fields.money(6, "fee", fill.fee, row.payCurrency)
    }

    private func writeRest<Fields: FieldWriter & ~Copyable>(_ fields: inout Fields) throws {
        var isErased = false
        switch details {
        case .none: break
        case .stated(let details): try fields.message(25, "details", of: details)
        case .recorded(""): isErased = true
        case .recorded(let json):
            if let recorded = RecordedDetails(json, payer: payer) {
                try fields.message(25, "details") { fields in
                    try fields.fields(
                        json: { try recorded.json }, protobuf: { try recorded.protobuf })
                }
            }
        }
        if view == .payer, let nextFills {
            fields.text(27, "nextFillsPageToken") { $0.add(nextFills) }
        }
        if isErased { fields.flag(28, "detailsErased") }
        if let followUp { try fields.message(40, "followUp", of: followUp) }
    }
}

/// A page of payments.
package struct AnsweredPayments: WrittenAnswer {
    var payments: [AnsweredPayment]
    /// The last payment shown, if there are more.
    var next: PaymentID?

    package init(_ payments: [AnsweredPayment] = [], next: PaymentID? = nil) {
        self.payments = payments
        self.next = next
    }

    var size: Int { 64 + 1_024 * payments.count }

    /// The fields of a `ListPaymentsResponse`.
    func write<Fields: FieldWriter & ~Copyable>(to fields: inout Fields) throws {
        if !payments.isEmpty {
            try fields.messages(1, "payments", payments.count) { fields, place in
                try payments[place].write(to: &fields)
            }
        }
        if let next { fields.text(2, "nextPageToken") { $0.add(next) } }
    }
}
