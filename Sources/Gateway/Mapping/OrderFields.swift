internal import Domain

/// A field of a payment order that orders of the usual form have: its number in protobuf.
enum OrderField: Int {
    case uetr = 1
    case payer = 2
    case creditorParticipant = 3
    case payCurrency = 4
    case receiveCurrency = 5
    case payAmount = 6
    case receiveAmount = 7
    case limitRate = 8
    case timeInForce = 9
    case fillPolicy = 11
    case minimumFill = 12
    case attempt = 14

    /// Whether its values have names in JSON and numbers in protobuf.
    var isWord: Bool { self == .timeInForce || self == .fillPolicy }

    /// The field with this name in JSON; nil for any other.
    init?(name: UnsafeBufferPointer<UInt8>) {
        for (field, known) in OrderField.names where known.utf8CodeUnitCount == name.count {
            guard
                UnsafeBufferPointer(start: known.utf8Start, count: name.count)
                    .elementsEqual(name)
            else { continue }
            self = field
            return
        }
        return nil
    }

    private static let names: [(OrderField, StaticString)] = [
        (.uetr, "uetr"), (.payer, "payer"), (.creditorParticipant, "creditorParticipant"),
        (.payCurrency, "payCurrency"), (.receiveCurrency, "receiveCurrency"),
        (.payAmount, "payAmount"), (.receiveAmount, "receiveAmount"), (.limitRate, "limitRate"),
        (.timeInForce, "timeInForce"), (.fillPolicy, "fillPolicy"),
        (.minimumFill, "minimumFill"), (.attempt, "attempt"),
    ]
}

/// The fields of an order of the usual form, in whatever order they come: none of them empty, each
/// once, their texts of plain ASCII.
///
/// It lives no longer than the memory that its texts lie in.
struct OrderFields {
    typealias Text = UnsafeBufferPointer<UInt8>

    private var uetr: UETR?
    private var payer: BIC?
    private var creditor: BIC?
    private var payCurrency: Currency?
    private var receiveCurrency: Currency?
    private var fixed: FixedAmount?
    /// What the digits of amounts mean depends on a currency that may come later.
    private var amount: Text?
    private var minimumFill: Text?
    private var limit: Rate?
    private var timeInForce: TimeInForce?
    private var fillPolicy: FillPolicy?
    private var attempt: UInt128?

    /// False for a wrong value, and for a field that is set already.
    mutating func set(_ field: OrderField, _ value: Text) -> Bool {
        switch field {
        case .uetr: fill(&uetr, UETR(utf8: value))
        case .payer: fill(&payer, BIC(utf8: value))
        case .creditorParticipant: fill(&creditor, BIC(utf8: value))
        case .payCurrency: fill(&payCurrency, Currency(utf8: value))
        case .receiveCurrency: fill(&receiveCurrency, Currency(utf8: value))
        case .payAmount: fill(&fixed, .pay) && fill(&amount, value)
        case .receiveAmount: fill(&fixed, .receive) && fill(&amount, value)
        case .limitRate: fill(&limit, try? Rate(utf8: value))
        case .minimumFill: fill(&minimumFill, value)
        case .timeInForce:
            fill(&timeInForce, TimeInForce.allCases.first { value.elementsEqual($0.wireName.utf8) })
        case .fillPolicy:
            fill(&fillPolicy, FillPolicy.allCases.first { value.elementsEqual($0.wireName.utf8) })
        case .attempt:
            value.count <= Attempt.longest
                && fill(&attempt, Attempt.key(String(decoding: value, as: UTF8.self)))
        }
    }

    /// The same of an enumeration's number in protobuf.
    mutating func set(_ field: OrderField, number: Int) -> Bool {
        switch field {
        case .timeInForce:
            fill(
                &timeInForce,
                ProtoTimeInForce(rawValue: number).flatMap { try? OrderMapping.timeInForce($0) })
        case .fillPolicy:
            fill(
                &fillPolicy,
                ProtoFillPolicy(rawValue: number).flatMap { try? OrderMapping.fillPolicy($0) })
        case .uetr, .payer, .creditorParticipant, .payCurrency, .receiveCurrency, .payAmount,
            .receiveAmount, .limitRate, .minimumFill, .attempt:
            false
        }
    }

    /// - Parameter place: the UETR where the request states it outside the order.
    /// - Returns: nil when something is missing or wrong, or the order states another UETR.
    func draft(uetr place: UETR? = nil) -> OrderDraft? {
        guard let uetr = place ?? self.uetr, self.uetr == nil || self.uetr == uetr, let creditor,
            let payCurrency, let receiveCurrency, let fixed, let amount
        else { return nil }
        let currency = fixed == .pay ? payCurrency : receiveCurrency
        guard let amount = try? Money(utf8: amount, currency: currency) else { return nil }
        var smallest: Int64 = 0
        if let minimumFill {
            guard let money = try? Money(utf8: minimumFill, currency: currency) else { return nil }
            smallest = money.minorUnits
        }
        return OrderDraft(
            uetr: uetr, payer: payer ?? .none, creditor: creditor, payCurrency: payCurrency,
            receiveCurrency: receiveCurrency, fixed: fixed, amount: amount.minorUnits,
            limit: limit ?? .none, timeInForce: timeInForce ?? .goodTillCancelled,
            fillPolicy: fillPolicy ?? .any, minimumFill: smallest, attempt: attempt ?? 0)
    }
}

/// False when there is no value, or the field has one already.
private func fill<Value>(_ field: inout Value?, _ value: Value?) -> Bool {
    guard field == nil, let value else { return false }
    field = value
    return true
}

extension TimeInForce {
    /// The name of the value in JSON.
    var wireName: String {
        switch self {
        case .immediateOrCancel: "IMMEDIATE_OR_CANCEL"
        case .fillOrKill: "FILL_OR_KILL"
        case .day: "DAY"
        case .goodTillCancelled: "GOOD_TILL_CANCELLED"
        case .goodTillDate: "GOOD_TILL_DATE"
        }
    }
}

extension FillPolicy {
    /// The name of the value in JSON.
    var wireName: String {
        switch self {
        case .any: "ANY"
        case .minimum: "MINIMUM"
        case .complete: "COMPLETE"
        }
    }
}
