package import Domain
package import Store
internal import SwiftProtobuf

/// A payment as a call answers with it, from what the ledger knows of it.
package struct AnsweredPayment: Sendable {
    /// What came with the order.
    package enum Details: Sendable {
        case absent
        case erased
        case message(ProtoPaymentDetails)
        /// The JSON text of the message, as SwiftProtobuf writes it.
        case text(ArraySlice<UInt8>)
    }

    private let row: PaymentRow
    private let payer: BIC
    /// Nobody when the creditor is not on record, whoever was named.
    private let creditor: BIC
    private let view: PaymentView
    /// As many as a page shows.
    private let fills: ArraySlice<PaymentFill>
    private let hasMoreFills: Bool
    private let details: Details
    private let followUp: ProtoFollowUp?
    private let date: DatedPaymentRow?
    /// The order was on record already: its outcome does not say all.
    private let isRepetition: Bool

    /// A new payment as its order was answered, from the batch that carried the order out.
    ///
    /// - Parameter fills: all of the payment.
    package init(
        _ row: PaymentRow, payer: BIC, creditor: BIC, fills: [FillRow],
        details: ProtoPaymentDetails?, date: DatedPaymentRow? = nil
    ) {
        self.init(
            row, payer: payer, creditor: creditor, as: .payer,
            fills.map { PaymentFill($0, seenBy: row.side) },
            Page(0, default: Page.largestSize), details.map { .message($0) } ?? .absent, date: date)
    }

    /// A payment as one side may see it.
    ///
    /// - Parameter fills: those of the page, and one more when there are more.
    package init(
        _ row: PaymentRow, payer: BIC, creditor: BIC, as view: PaymentView,
        _ fills: [PaymentFill], _ page: Page, _ details: Details, _ followUp: ProtoFollowUp? = nil,
        date: DatedPaymentRow? = nil
    ) {
        self.row = row
        self.payer = payer
        self.creditor = row.creditor == 0 ? .none : creditor
        self.view = view
        (self.fills, hasMoreFills) = page.cut(fills)
        self.details = details
        self.followUp = followUp
        self.date = date
        isRepetition = false
    }

    /// What has become of an order that was on record already, as its outcome tells: not its fee,
    /// holds and rest, when it was accepted and changed, or its fills.
    package init(
        _ order: PaymentOrder, repeated outcome: Outcome, details: ProtoPaymentDetails?
    ) {
        var row = PaymentRow(
            id: outcome.payment, order: order, payer: 0, creditor: 0, acceptedAt: 0)
        row.status = outcome.status ?? row.status
        row.endReason = outcome.endReason
        row.code = outcome.code
        row.paid = outcome.paid
        row.received = outcome.received
        self.row = row
        payer = order.payer
        creditor = outcome.code == .creditorUnknown ? .none : order.creditor
        view = .payer
        (fills, hasMoreFills) = ([], false)
        self.details = details.map { .message($0) } ?? .absent
        followUp = nil
        // What has become of it the outcome does not say.
        // The outcome does not say which date is on record, and the order need not state it.
        date = nil
        isRepetition = true
    }
}

extension AnsweredPayment: WrittenAnswer {
    var size: Int { 1_024 + 320 * fills.count }

    /// The last fill shown, if there are more.
    private var nextFills: FillID? { hasMoreFills ? fills.last?.id : nil }

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
        let codes = statedCodes
        fields.text(6, "payer") { codes.payer.isEmpty ? $0.add(payer) : $0.add(codes.payer) }
        guard creditor != .none else { return }
        fields.text(7, "creditorParticipant") {
            codes.creditor.isEmpty ? $0.add(creditor) : $0.add(codes.creditor)
        }
    }

    /// R3.15 The codes by which a repeated order names its banks: whose they were when it was new,
    /// its outcome does not say.
    private var statedCodes: (payer: String, creditor: String) {
        guard isRepetition, case .message(let details) = details else { return ("", "") }
        return (details.payerCode, details.creditorCode)
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
        guard !isRepetition else { return }
        if view == .payer {
            fields.money(19, "fee", row.fee, row.payCurrency)
            fields.money(20, "held", row.held, row.payCurrency)
            fields.text(21, "remaining") { $0.add(row.remaining, fixedCurrency) }
        }
        fields.time(22, "acceptedAt", row.acceptedAt)
        fields.time(23, "updatedAt", row.updatedAt)
        if view == .payer, !fills.isEmpty {
            fields.messages(24, "fills", fills.count) { fields, place in
                write(fills[fills.startIndex + place], &fields)
            }
        }
    }

    private func write<Fields: FieldWriter & ~Copyable>(
        _ date: DatedPaymentRow, _ fields: inout Fields
    ) throws {
        fields.text(29, "settlementDate") { $0.add("\(date.date)") }
        if date.state == .waiting { fields.flag(30, "waiting") }
        if view == .payer, date.code != .accepted {
            try fields.result(31, "entryRefusal", date.code)
        }
    }

    /// The fields of a `Fill`.
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
        switch details {
        case .absent, .erased: break
        case .message(let details): try fields.message(25, "details", of: details)
        case .text(let json):
            try fields.message(25, "details") { fields in
                try fields.fields(
                    json: { Array(json) },
                    protobuf: {
                        try ProtoPaymentDetails(jsonUTF8Bytes: Array(json)).serializedBytes()
                    })
            }
        }
        if isRepetition { fields.flag(26, "repetition") }
        if view == .payer, let nextFills {
            fields.text(27, "nextFillsPageToken") { $0.add(nextFills) }
        }
        if case .erased = details { fields.flag(28, "detailsErased") }
        if let date { try write(date, &fields) }
        if let followUp { try fields.message(40, "followUp", of: followUp) }
    }
}

extension AnsweredPayment.Details {
    /// Details as the tables have them: empty where they are erased, and usually JSON.
    package init(recorded text: String?, paidBy payer: BIC) {
        guard var text, !text.isEmpty else {
            self = text == nil ? .absent : .erased
            return
        }
        self = text.withUTF8 { text in
            let fault = JSONCheck.fault(
                in: UnsafeRawBufferPointer(text), of: ProtoPaymentDetails.self)
            return fault == nil ? Self(recorded: Array(text)[...], paidBy: payer) : .absent
        }
    }

    /// JSON that this version of the program wrote: it is shown as it is, unless it names a bank
    /// that may have become the payer itself (R3.16).
    init(recorded json: ArraySlice<UInt8>, paidBy payer: BIC) {
        guard json.contains("originatingBank") else {
            self = .text(json)
            return
        }
        let read = try? ProtoPaymentDetails(jsonUTF8Bytes: Array(json))
        self = read.map { .message($0.asPaid(by: payer.description)) } ?? .absent
    }
}

extension ArraySlice<UInt8> {
    /// - Complexity: O(bytes).
    fileprivate func contains(_ name: StaticString) -> Bool {
        let name = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        return withUnsafeBufferPointer { text in
            guard text.count >= name.count else { return false }
            return (0...text.count - name.count).contains { start in
                text[start] == name[0]
                    && name.indices.allSatisfy { text[start + $0] == name[$0] }
            }
        }
    }
}

/// A page of payments.
package struct ListedPayments: WrittenAnswer {
    package var payments: [AnsweredPayment]
    /// What the next page takes as `before`; nil when this is the last one.
    package var next: PaymentID?

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
