internal import Domain
internal import Scenarios

/// The rulebook once more, as plainly as it can be said: dictionaries, sorted lists and 128-bit
/// integers, and no code of the engine. Slow, and meant to be read beside `docs/rulebook.md`.
struct PlainLedger {
    final class Order {
        let terms: PaymentOrder
        let number: Int
        var code = ResultCode.accepted
        var status = PaymentStatus.rejected
        var reason = EndReason.none
        var limit: Int128 = 0
        var fee: Int128 = 0
        var feeShare: Int128 = 0
        var remaining: Int128
        var paid: Int128 = 0
        var received: Int128 = 0
        var held: Int128 = 0
        var expires: Timestamp = .never
        /// Whether its creditor took part when it came.
        var isToParticipant = true
        /// When it became final, if it did.
        var ended: Timestamp = 0
        /// For its settlement date.
        var waits = false
        /// Why it could not enter on it.
        var refusal = ResultCode.accepted
        /// In which turn it came into its book.
        var arrived = 0

        init(_ terms: PaymentOrder, number: Int) {
            self.terms = terms
            self.number = number
            remaining = Int128(terms.amount)
        }

        var countsRenminbi: Bool { (terms.side == .payRenminbi) == (terms.fixed == .pay) }
        var isOpen: Bool { status == .pending || status == .partlySettled }
        var done: Int128 { terms.fixed == .pay ? paid : received }
    }

    struct Bank {
        var registration: ParticipantRegistration
        var isActive = true
    }

    struct Account: Equatable {
        var balance: Int128 = 0
        var held: Int128 = 0
        var credit: Int128 = 0
        var available: Int128 { balance - held + credit }
    }

    struct AccountKey: Hashable {
        var owner: String
        var currency: Currency
    }

    struct Fill: Equatable {
        var renminbiPayment: Int
        var foreignPayment: Int
        var renminbi: Int128
        var foreign: Int128
        var rate: Int128
        var renminbiFee: Int128
        var foreignFee: Int128
    }

    var banks: [BIC: Bank] = [:]
    var identifiers: [ClearingCode: BIC] = [:]
    /// The banks for which a participant pays, and those for which it did.
    var served: [BIC: Set<BIC>] = [:]
    var everServed: [BIC: Set<BIC>] = [:]
    var corridors: [Currency: (corridor: Corridor, state: CorridorState)] = [:]
    var accounts: [AccountKey: Account] = [:]
    var fundings: [UETR: Funding] = [:]
    /// When the ledger got the key of its content hashes, and the payments on record then.
    var contentKey: (time: Timestamp, payments: Int)?
    var operators: [OperatorName: Operator] = [:]
    var given: [CommandKey: (content: UInt128, code: ResultCode)] = [:]
    var keys: [KeyFingerprint: Key] = [:]
    /// Who gives the command.
    var acting = OperatorName.none
    var lines: [PolicyLine] = []
    /// At its number less one.
    var proposals: [Proposal] = []
    /// Banks whose payments for a later date hold nothing while they wait.
    var fundedAtEntry: Set<BIC> = []
    /// Orders that came into their books.
    var arrivals = 0
    var nostros: [Nostro] = []
    var withdrawals: [UETR: Withdrawal] = [:]
    var entries: [UETR: UInt128] = [:]
    var followUps: [OrderKey: FollowUp] = [:]
    /// At its number less one.
    var cases: [Case] = []
    var returns: [ReturnKey: UInt128] = [:]
    var notices: Set<NoticeKey> = []
    var calendars: [Currency: Calendar] = [:]
    /// The corridors whose sessions follow them.
    var onCalendars: Set<Currency> = []
    var caps: [CapKey: Cap] = [:]
    /// At its number less one.
    var agentStatements: [AgentStatement] = []
    /// Fills there were when the currency's business day began.
    var fillsBeforeDay: [Currency: Int] = [:]
    /// Orders that were accepted.
    var byNumber: [Int: Order] = [:]
    /// As the batch before left them.
    var accountsBefore: [AccountKey: Account] = [:]
    /// In the order in which they came.
    var returnOrders: [ReturnOrder] = []
    /// The numbers of those that were open in the batch.
    var ownReturns: Set<Int> = []
    struct Funding {
        var hash: UInt128
        var account: AccountKey
        var amount: Int64
        var nostro: Int
        var time: Timestamp
    }

    struct OrderKey: Hashable {
        var payer: BIC
        var uetr: UETR
    }

    struct Attempt {
        var payer: BIC
        /// What tells it from others.
        var mark: UInt128
        var content: UInt128
        var refusal: ResultCode
    }

    /// In the order in which they were refused.
    var attempts: [UETR: [Attempt]] = [:]
    var orders: [OrderKey: Order] = [:]
    var open: [Order] = []
    var fills: [Fill] = []
    var messaging: [BIC: Messaging] = [:]
    var untold: [AccountKey: Untold] = [:]
    /// The ledger before the batch, as far as it is told what changed.
    var standsBefore: [(order: Order, stand: Stand)] = []
    var paymentsBefore = 0
    /// How new payments stood when their orders were answered.
    var answered: [Int: Message] = [:]
    var wishesForCancellation: [(BIC, Message)] = []
    var fillsBefore = 0
    var entriesInBatch: [AccountKey: Int] = [:]
    /// Of the batch before.
    var lastTime: Timestamp = 0
    var now: Timestamp = 0
    var rules = RuleVersion.current
    private var nextRules: RuleVersion?

    mutating func apply(_ batch: TimedCommands) -> [Outcome] {
        now = batch.timestamp
        rules = batch.rules
        tellWhatIsDue()
        accountsBefore = accounts
        let areAllEnded = endExpired()
        turnDays()
        expireCases()
        expireProposals()
        if areAllEnded { enterWaiting() }
        defer {
            takeReturnOrders()
            tellOfBatch()
        }
        return batch.commands.map { command in
            switch command {
            case .submitPayment(let order): submit(order)
            case .cancelPayment(let cancellation): cancel(cancellation)
            case .declared(let declared, by: let actor): carryOut(declared, by: actor)
            }
        }
    }

    mutating func carryOut(_ command: any DeclaredCommand) -> Outcome {
        if let outcome = carryOutNostro(command) { return outcome }
        if let outcome = carryOutMessaging(command) { return outcome }
        if let outcome = carryOutFollowUp(command) { return outcome }
        if let outcome = carryOutNotice(command) { return outcome }
        if let outcome = carryOutPolicy(command) { return outcome }
        if let outcome = carryOutKeys(command) { return outcome }
        if let outcome = carryOutCalendar(command) { return outcome }
        if let outcome = carryOutCap(command) { return outcome }
        if let outcome = carryOutDated(command) { return outcome }
        if let outcome = carryOutAgentStatement(command) { return outcome }
        let code: ResultCode
        switch command {
        case let it as RegisterParticipant: return register(it.registration)
        case let it as Fund: return fund(it, at: 0, kind: Fund.kind)
        case let it as SetParticipantState: code = setState(it.bic, it.state)
        case let it as ConfigureCorridor: code = configure(it.corridor)
        case let it as SetCorridorState: code = setState(it.foreign, it.state)
        case let it as SetReferenceRate: code = setReference(it.foreign, it.rate)
        case let it as SetCreditLimit: code = setCredit(it.bic, it.limit)
        case let it as RaiseRules: return raise(to: it.version)
        case let it as SetIdentifier: return set(it)
        case let it as SetCorrespondent: return set(it)
        case let it as SetOperator: return set(it)
        case let it as SetContentKey: code = setKey(it.number)
        case let it as EraseContent: code = erase(it)
        default: preconditionFailure("the plain ledger does not know \(command)")
        }
        return Outcome(code: code, kind: type(of: command).kind)
    }

    private mutating func raise(to version: UInt16) -> Outcome {
        let now = nextRules ?? rules
        let isKnown = (2...4).contains(version)
        guard isKnown, version >= now.rawValue, let raised = RuleVersion(rawValue: version) else {
            return Outcome(code: .rulesInvalid, kind: RaiseRules.kind)
        }
        nextRules = raised
        return Outcome(code: .accepted, kind: RaiseRules.kind, isRepetition: raised == now)
    }

    private mutating func setKey(_ number: UInt32) -> ResultCode {
        guard number == 1, contentKey == nil else { return .contentKeySet }
        contentKey = (now, orders.count)
        return .accepted
    }

    private func erase(_ wish: EraseContent) -> ResultCode {
        guard let payer = participant(wish.payer) else { return .participantUnknown }
        let isOpen = orders[OrderKey(payer: payer, uetr: wish.uetr)]?.isOpen == true
        return isOpen ? .paymentOpen : .accepted
    }

    /// The participant that a BIC means: a branch that is none is its head office.
    func participant(_ bic: BIC) -> BIC? {
        if banks[bic] != nil { return bic }
        let office = BIC("\(bic.characters.prefix(8))")
        return rules >= .v3 ? office.flatMap { banks[$0] == nil ? nil : $0 } : nil
    }

    /// Whom an operator means: a BIC as it is registered.
    func registered(_ bic: BIC) -> BIC? { banks[bic] == nil ? nil : bic }

    func direct(_ bic: BIC) -> BIC {
        guard let through = banks[bic]?.registration.settlesThrough, through != .none else {
            return bic
        }
        return through
    }

    func isActive(_ bic: BIC) -> Bool {
        banks[bic]?.isActive == true && banks[direct(bic)]?.isActive == true
    }

    func key(_ bic: BIC, _ currency: Currency) -> AccountKey {
        AccountKey(owner: "\(direct(bic))", currency: currency)
    }

    mutating func move(_ amount: Int128, _ from: AccountKey, _ to: AccountKey) {
        accounts[from, default: Account()].balance -= amount
        accounts[to, default: Account()].balance += amount
        guard amount != 0 else { return }
        entriesInBatch[from, default: 0] += 1
        entriesInBatch[to, default: 0] += 1
    }
}

/// `numerator ÷ denominator` to a whole number.
func floor(_ numerator: Int128, _ denominator: Int128) -> Int128 { numerator / denominator }
func ceil(_ numerator: Int128, _ denominator: Int128) -> Int128 {
    (numerator + denominator - 1) / denominator
}

/// A rate as a fraction of minor units: foreign minor units = fen × up ÷ down.
struct Fraction {
    var up: Int128
    var down: Int128

    init(_ rate: Int128, _ foreign: Currency) {
        up = rate * [1, 10, 100, 1_000][foreign.minorDigits]
        down = 10_000_000_000
    }
}
