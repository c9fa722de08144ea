package import Domain
internal import Store
internal import SwiftProtobuf

/// A payment as its payer's side sees it, made of its rows without a way through the tables: a new
/// one as its order was answered, or a recent one. It is written as a message, or as the same in
/// JSON.
package struct AnsweredPayment: Sendable {
    /// What came with the order.
    package enum Details: Sendable {
        case absent
        case erased
        case message(ProtoPaymentDetails)
        /// The JSON text of the message, as SwiftProtobuf wrote it.
        case text(ArraySlice<UInt8>)
    }

    private let row: PaymentRow
    private let payer: BIC
    /// Nobody when the creditor is not on record, whoever was named.
    private let creditor: BIC
    /// As many as a page shows.
    private let fills: ArraySlice<PaymentFill>
    private let hasMoreFills: Bool
    private let details: Details

    /// - Parameter fills: all of the payment.
    package init(
        _ row: PaymentRow, payer: BIC, creditor: BIC, fills: [FillRow],
        details: ProtoPaymentDetails?
    ) {
        self.init(
            row, payer: payer, creditor: creditor,
            fills.map { PaymentFill($0, seenBy: row.side) },
            Page(0, default: Page.largestSize), details.map { .message($0) } ?? .absent)
    }

    /// - Parameter fills: those of the page, and one more when there are more.
    init(
        _ row: PaymentRow, payer: BIC, creditor: BIC, _ fills: [PaymentFill], _ page: Page,
        _ details: Details
    ) {
        self.row = row
        self.payer = payer
        self.creditor = row.creditor == 0 ? .none : creditor
        (self.fills, hasMoreFills) = page.cut(fills)
        self.details = details
    }

    package var proto: ProtoPayment {
        var payment = ProtoPayment(row, payer: payer, creditor: creditor)
        payment.fills = fills.map { ProtoFill($0, of: row) }
        switch details {
        case .absent: break
        case .erased: payment.detailsErased = true
        case .message(let details): payment.details = details
        case .text(let json):
            if let details = try? ProtoPaymentDetails(jsonUTF8Bytes: Array(json)) {
                payment.details = details
            }
        }
        if let nextFills { payment.nextFillsPageToken = String(nextFills) }
        return payment
    }

    /// The last fill shown, if there are more.
    private var nextFills: FillID? { hasMoreFills ? fills.last?.id : nil }

    /// The JSON text of ``proto``, byte for byte, without making the message.
    package var json: [UInt8] {
        get throws {
            var text = JSONText(capacity: 1_024 + 320 * fills.count)
            try addHead(&text)
            addTerms(&text)
            addState(&text)
            switch details {
            case .absent, .erased: break
            case .message(let details):
                text.add(",\"details\":")
                text.add(try details.jsonUTF8Bytes() as [UInt8])
            case .text(let json):
                text.add(",\"details\":")
                text.add(json)
            }
            if let nextFills {
                text.add(",\"nextFillsPageToken\":\"")
                text.add(nextFills)
                text.add("\"")
            }
            if case .erased = details { text.add(",\"detailsErased\":true") }
            text.add("}")
            return text.bytes
        }
    }

    private func addHead(_ text: inout JSONText) throws {
        text.add("{\"uetr\":\"")
        text.add(row.uetr)
        text.add("\",\"paymentId\":\"")
        text.add(row.id)
        text.add("\",\"status\":\"")
        text.add(row.status.code)
        text.add("\",\"endReason\":\"")
        text.add(row.endReason.name)
        text.add("\",\"result\":")
        text.add(
            row.code == .accepted
                ? AnsweredPayment.accepted : try ProtoResult(row.code).jsonUTF8Bytes())
        text.add(",\"payer\":\"")
        text.add(payer.description)
        if creditor != .none {
            text.add("\",\"creditorParticipant\":\"")
            text.add(creditor.description)
        }
    }

    private static let accepted: [UInt8] = (try? ProtoResult(.accepted).jsonUTF8Bytes()) ?? []

    private func addTerms(_ text: inout JSONText) {
        let (pay, receive) = (row.payCurrency, row.receiveCurrency)
        let fixed = row.fixed == .pay ? pay : receive
        text.add("\",\"payCurrency\":\"")
        text.add(pay.code)
        text.add("\",\"receiveCurrency\":\"")
        text.add(receive.code)
        text.add(row.fixed == .pay ? "\",\"payAmount\":\"" : "\",\"receiveAmount\":\"")
        text.add(row.amount, fixed)
        if row.statedLimit != .none {
            text.add("\",\"limitRate\":\"")
            text.add(row.statedLimit)
        }
        text.add("\",\"timeInForce\":\"")
        text.add(row.timeInForce.wireName)
        if row.expiresAt != 0, row.expiresAt != .never {
            text.add("\",\"expiresAt\":\"")
            text.add(time: row.expiresAt)
        }
        text.add("\",\"fillPolicy\":\"")
        text.add(row.fillPolicy.wireName)
        if row.minimumFill != 0 {
            text.add("\",\"minimumFill\":\"")
            text.add(row.minimumFill, fixed)
        }
    }

    private func addState(_ text: inout JSONText) {
        let (pay, receive) = (row.payCurrency, row.receiveCurrency)
        text.add("\",\"paid\":")
        text.add(money: row.paid, pay)
        text.add(",\"received\":")
        text.add(money: row.received, receive)
        text.add(",\"fee\":")
        text.add(money: row.fee, pay)
        text.add(",\"held\":")
        text.add(money: row.held, pay)
        text.add(",\"remaining\":\"")
        text.add(row.remaining, row.fixed == .pay ? pay : receive)
        text.add("\",\"acceptedAt\":\"")
        text.add(time: row.acceptedAt)
        text.add("\",\"updatedAt\":\"")
        text.add(time: row.updatedAt)
        text.add("\"")
        guard !fills.isEmpty else { return }
        text.add(",\"fills\":[")
        for position in fills.indices {
            if position > fills.startIndex { text.add(",") }
            add(fills[position], &text)
        }
        text.add("]")
    }

    private func add(_ fill: PaymentFill, _ text: inout JSONText) {
        text.add("{\"fillId\":\"")
        text.add(fill.id)
        text.add("\",\"time\":\"")
        text.add(time: fill.timestamp)
        text.add("\",\"rate\":\"")
        text.add(fill.rate)
        text.add("\",\"paid\":")
        text.add(money: fill.paid, row.payCurrency)
        text.add(",\"received\":")
        text.add(money: fill.received, row.receiveCurrency)
        text.add(",\"fee\":")
        text.add(money: fill.fee, row.payCurrency)
        text.add("}")
    }
}
