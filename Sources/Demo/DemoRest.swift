internal import Domain
internal import Gateway

/// What one open payment still wants.
struct DemoRest: Sendable {
    let payment: ProtoPayment
    let remaining: Money
    /// Its place in the book: smaller stands before greater.
    private let priority: Int64

    private init(_ payment: ProtoPayment, _ side: Side) throws {
        self.payment = payment
        let currency: String
        switch payment.fixed {
        case .payAmount: currency = payment.payCurrency
        case .receiveAmount: currency = payment.receiveCurrency
        case nil: throw DemoError("payment \(payment.uetr) fixes no amount")
        }
        remaining = try Money(decimal: payment.remaining, code: currency)
        // Without a limit the collar is the limit: the best place there is.
        let hasLimit = !payment.limitRate.isEmpty
        let rate = hasLimit ? try Rate(decimal: payment.limitRate).scaled : 0
        switch side {
        case .payRenminbi: priority = rate
        case .payForeign: priority = hasLimit ? -rate : .min
        }
    }

    /// Rests that stand one behind the other in the book and fix the same currency.
    struct Run: Sendable {
        var rests: [DemoRest]
        let corridor: DemoCorridor
        var isRenminbi: Bool { rests[0].remaining.currency == .cny }

        /// What all of them want together: an order of this amount that fixes the same currency
        /// fills them exactly, whatever their rates are.
        var amount: Money {
            Money(
                minorUnits: rests.reduce(0) { $0 + $1.remaining.minorUnits },
                currency: rests[0].remaining.currency)
        }

        /// Its worth at the reference rate, as the corridor's bounds measure it.
        var fen: Int64 {
            isRenminbi
                ? amount.minorUnits
                : corridor.reference.fen(
                    forForeign: amount.minorUnits, in: corridor.foreign, .down)!
        }
    }

    /// The open payments of one side of a book in price-time priority, cut into runs.
    static func runs(
        _ open: [ProtoPayment], _ side: Side, _ corridor: DemoCorridor
    ) throws -> [Run] {
        let rests = try open.filter { ($0.payCurrency == "CNY") == (side == .payRenminbi) }
            .map { try DemoRest($0, side) }
            .sorted { ($0.priority, $0.payment.paymentID) < ($1.priority, $1.payment.paymentID) }
        var runs: [Run] = []
        for rest in rests {
            if let last = runs.last, last.rests[0].remaining.currency == rest.remaining.currency {
                runs[runs.count - 1].rests.append(rest)
            } else {
                runs.append(Run(rests: [rest], corridor: corridor))
            }
        }
        return runs
    }
}

extension Money {
    /// Reads a decimal string of the currency with this alphabetic code.
    init(decimal text: String, code: String) throws {
        guard let currency = Currency(code: code) else {
            throw DemoError("\(code) is no currency of the ledger")
        }
        try self.init(decimal: text, currency: currency)
    }

    init(_ proto: ProtoMoney) throws {
        try self.init(decimal: proto.amount, code: proto.currency)
    }
}
